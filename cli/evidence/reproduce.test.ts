// `npm run evidence:reproduce ID` as a whole: the program of the launcher, the worker's role, real bundles, real sandboxes.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { baseBundlePath, storeBytes } from "#lib/blobs/service.ts";
import { transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { finishLease } from "#lib/leases/service.ts";
import { recordPatch } from "#lib/patches/service.ts";
import { sha256Hex } from "#lib/protocol/signing.ts";
import { recordMirror } from "#lib/repositories/service.ts";
import { lockRun } from "#lib/runs/run-in-tx.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { NODE_PLAN } from "#lib/testing/harness-scene.ts";
import { ask, asProcess, handIn, leaseOf } from "#lib/testing/journey.ts";
import { runScene } from "#lib/testing/run-scene.ts";
import { MENDED, type Verified, verifyPatch } from "#lib/testing/verify-scene.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const workshop = await testWorkshop();
const scene = await runScene();
const { database, seed, runner, work } = scene;
const data = workshop.fresh("data");
const blobs = join(data, "blobs");
process.env.PILOTHOUSE_BLOBS = blobs;
let made: Verified;
let evidence: { id: string; digest: string; canonical: string };
let base: string;

/** What the launcher says of an evidence, and how it ends. */
function command(id: string, folder = data) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["cli/main.ts", "evidence", "reproduce", id],
    {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "production",
        DATABASE_URL: database.urls.owner,
        PILOTHOUSE_DATA: folder,
      },
      encoding: "utf8",
    },
  );
  return { status, says: `${stdout}${stderr}` };
}

/** Its rows are the record's: only for what a test arranges. */
async function overwrite(column: "canonical" | "digest", value: string): Promise<void> {
  await database.owner.query("alter table evidence disable trigger user");
  await database.owner.query(`update evidence set ${column} = $1 where id = $2`, [value, evidence.id]);
}

/** A deployment's folder with the passwords of the roles, and the evidence of a patch that was really verified. */
beforeAll(async () => {
  mkdirSync(join(data, "secrets"), { recursive: true, mode: 0o700 });
  mkdirSync(blobs);
  for (const name of ["web", "worker", "notary", "gateway"] as const)
    writeFileSync(
      join(data, "secrets", `ph_${name}-password`),
      decodeURIComponent(new URL(database.urls[name]).password),
      { mode: 0o600 },
    );
  made = await verifyPatch(workshop, { patch: MENDED, plan: { repeats: 1 } });
  await recordEvidence(made);
  const [row] = (await database.owner.query("select id, digest, canonical from evidence")).rows;
  evidence = row;
});

async function recordEvidence({ assignment, bundles, observed }: Verified): Promise<void> {
  const { baseCommit, patchCommit } = assignment;
  await recordMirror(seed, work.repositoryId, {
    ...{ outcome: "mirrored", branch: "main", head: baseCommit, commits: 1 },
  });
  await database.owner.query("insert into base_bundle values ($1, $2, $3, 1, now())", [
    ...[work.repositoryId, baseCommit, "0".repeat(64)],
  ]);
  const { argv, reportPath, harnessPaths } = NODE_PLAN;
  const pilot = await scene.pilotWith(({ environment }) => ({
    environment: {
      ...environment,
      testArgv: [...argv],
      reportPath,
      harnessPaths: [...harnessPaths],
      repeats: 1,
    },
  }));
  const runId = await scene.launched(pilot);
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  const stored = (source: Readable) => storeBytes(source, 1_000_000, seed.clock.now());
  const [manifest, diff] = [
    await stored(Readable.from([Buffer.from("m")])),
    await stored(Readable.from([Buffer.from("d")])),
  ];
  const bundle = await stored(createReadStream(bundles.patch));
  await asProcess(database, "worker", () =>
    transaction(seed, async (tx) => {
      const run = await lockRun(tx, runId);
      await recordPatch(tx, seed, run, {
        ...{ attempt: run.attempt, baseTree: "1".repeat(40), tree: "2".repeat(40), commit: patchCommit },
        ...{ digest: "3".repeat(64), files: [], flags: [], manifest, diff, bundle },
      });
    }),
  );
  const lease = await ask(runner, { phases: ["verify"], tier: observed.environment.tier });
  await finishLease(runner, lease?.leaseId ?? "", { ...observed, attempt: lease?.attempt ?? 0 });
  base = baseBundlePath(work.repositoryId, baseCommit);
  mkdirSync(dirname(base), { recursive: true });
  copyFileSync(bundles.base, base);
  for (const file of readdirSync(blobs, { recursive: true, withFileTypes: true }))
    chmodSync(join(file.parentPath, file.name), 0o755);
}

describe("evidence that is reproduced", () => {
  test("says of each part that it is the same, and ends with 0", async () => {
    const { status, says } = command(evidence.id);
    expect(says).toContain(
      `Evidence ${evidence.id} was reproduced: everything that was compared is the same.`,
    );
    for (const part of ["verdict", "the base", "the patch", "canaries", "environment", "inventory"])
      expect(says).toMatch(new RegExp(`^  ✓ ${part} `, "m"));
    expect(says).toMatch(/✓ canaries +in 1 file, all reported failed/);
    expect(status).toBe(0);
  });

  test("says where it differs from what was reported, why that may be, and ends with 1", async () => {
    const document = JSON.parse(evidence.canonical);
    const told = { ...document.judgement, repaired: [...document.judgement.repaired, "invented\u202e"] };
    const lie = JSON.stringify({ ...document, judgement: told });
    await overwrite("canonical", lie);
    await overwrite("digest", sha256Hex(Buffer.from(lie, "utf8")));
    const { status, says } = command(evidence.id);
    expect(says).toContain("was not reproduced: 1 of 8 parts differ.");
    expect(says).toContain("no longer repaired: invented");
    expect(says).not.toContain("\u202e");
    expect(says).toMatch(/Why that may be:\n {2}It ran with the same as then/);
    expect(status).toBe(1);
  });
});

describe("evidence that cannot be tried again ends with 2", () => {
  test("where its texts were taken away", async () => {
    await overwrite("canonical", evidence.canonical.replace("adds", "[taken away]"));
    expect(command(evidence.id)).toMatchObject({
      ...{
        status: 2,
        says: expect.stringContaining("its texts were taken away by a redaction, or it was changed"),
      },
    });
    await overwrite("canonical", evidence.canonical);
    await overwrite("digest", evidence.digest);
  });

  test("where the base is no longer kept", () => {
    rmSync(base);
    expect(command(evidence.id)).toMatchObject({
      ...{ status: 2, says: expect.stringContaining("The base of this evidence is not kept on this host") },
    });
  });

  test.each([
    ["of another deployment", newId("evidence", 0), "holds no evidence of that ID"],
    ["of something else", "run_1", "That is no evidence's ID"],
    ["of nothing", "", "evidence takes: reproduce ID"],
  ])("by an ID %s", (_, id, words) => {
    expect(command(id)).toMatchObject({ status: 2, says: expect.stringContaining(words) });
  });

  test("where there is no deployment, and none is made", () => {
    const nowhere = workshop.fresh("nowhere");
    expect(command(evidence.id, nowhere)).toMatchObject({
      ...{ status: 2, says: expect.stringContaining(`There is no deployment in ${nowhere}`) },
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  test("where the deployment is somebody else's", () => {
    const other = workshop.fresh("other");
    mkdirSync(other);
    writeFileSync(join(other, "secrets"), "", { mode: 0o600 }); // nobody may enter it, root included
    expect(command(evidence.id, other)).toMatchObject({
      ...{ status: 2, says: expect.stringMatching(/secrets cannot be read by \S+: run this as the user/) },
    });
  });
});
