// Which process may make what of an artefact: the database says it, whatever a program asks for.
import { mkdir, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blobStore } from "../blobs/service.ts";
import { DAY } from "../clock.ts";
import { getGate } from "../gates/service.ts";
import type { ProcessName } from "../migrate/roles.ts";
import { charterFor, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, bytes, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { tell } from "../testing/steering.ts";
import { expireArtefacts } from "./expire-artefacts.ts";
import { takeArtefact } from "./hand-in.ts";
import { askPromotion } from "./promote.ts";
import { promotionRule } from "./rules.ts";
import { listUnscanned, recordScan } from "./scan.ts";
import { listArtefacts } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const clients = new Map<ProcessName, pg.Client>();
let scene: ModelScene;

beforeAll(async () => {
  scene = await openModelScene(database, clock, {
    environment: { artefactPaths: ["out"], artefactCount: 9, artefactMb: 1, artefactDays: 7 },
    controls: {
      gates: [
        {
          ...{ gate: "artefact", roles: ["security_lead"], needed: 2, denials: 2 },
          ...{ hours: 5, clock: "always" },
        },
      ],
    },
  });
  for (const name of ["web", "worker"] as const) {
    const client = new pg.Client({ connectionString: database.urls[name] });
    await client.connect();
    clients.set(name, client);
  }
});
afterAll(() => Promise.all([...clients.values()].map((client) => client.end())));

async function handedIn(path = "out/a.txt") {
  const { assignment, runId } = await scene.start();
  const { leaseId, attempt } = assignment;
  const { artefactId } = await takeArtefact(scene.runner, { leaseId, attempt, path }, bytes("well"));
  return { assignment, runId, artefactId, path };
}

/** What the database answers that process at once, before it asks for an entry; always rolled back. */
async function asks(name: ProcessName, sql: string, values: unknown[] = []): Promise<string> {
  const client = clients.get(name);
  if (!client) throw new Error(`nobody is connected as ${name}`);
  await client.query("begin");
  try {
    await client.query(sql, values);
    return "done";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.query("rollback");
  }
}

const INSERT = `insert into artefact (id, run_id, attempt, number, blob_id, path, size, sha256, state, media, scanned_at, promoted_at, gate_id, created_at)
  select 'art_new', run_id, attempt, 99, $3, path, size, sha256, $2, $4, $5, $6, gate_id, now() from artefact where id = $1`;

describe("a row of an artefact", () => {
  test("probe: begins in quarantine, for the web as for anybody else: never looked into, promoted or deleted", async () => {
    const { runId, artefactId } = await handedIn();
    const { rows } = await database.owner.query<{ id: string }>(
      "select id from blob where run_id = $1 and kind <> 'artefact' union select 'blb_none' limit 1",
      [runId],
    );
    const blob = rows[0]?.id ?? "";
    const put = (state: string, blobId: string | null = blob, rest: unknown[] = ["", null, null]) =>
      asks("web", INSERT, [artefactId, state, blobId, ...rest]);
    for (const state of ["scanned", "promoted", "deleted"])
      expect(await put(state)).toContain("An artefact begins in quarantine");
    expect(await put("refused")).toContain("An artefact begins in quarantine");
    expect(await put("quarantined", null)).toContain("An artefact begins in quarantine");
    expect(await put("quarantined", blob, ["text/plain", new Date(), null])).toContain(
      "begins in quarantine",
    );
    expect(await put("quarantined", blob, ["", null, new Date()])).toContain("begins in quarantine");
    expect(await put("refused", null)).toBe("done");
  });

  test("probe: is looked into by the worker alone, and let out by the web alone", async () => {
    const { artefactId } = await handedIn();
    const move = (name: ProcessName, state: string) =>
      asks(name, "update artefact set state = $2 where id = $1", [artefactId, state]);
    expect(await move("web", "scanned")).toContain("The role ph_web makes no artefact scanned");
    expect(await move("web", "refused")).toContain("The role ph_web makes no artefact refused");
    expect(await move("web", "deleted")).toContain("The role ph_web makes no artefact deleted");
    expect(await move("worker", "scanned")).toBe("done");
    await asProcess(database, "worker", async () => {
      for (const due of await listUnscanned(scene.lead))
        await recordScan(scene.lead, due, { media: "text/plain", findings: [] });
    });
    expect(await move("worker", "promoted")).toContain("The role ph_worker makes no artefact promoted");
    expect(await move("web", "promoted")).toContain("violates check constraint");
  });
});

test("probe: an event that speaks of a file which its attempt never handed in is not taken", async () => {
  const { assignment, artefactId, path } = await handedIn();
  const other = await handedIn("out/b.txt");
  const say = (artefact: string, over: object = {}) =>
    tell(scene.runner, assignment, {
      kind: "artefact_handed_in",
      body: { artefact, path, bytes: 4, ...over },
    });
  await expect(say(other.artefactId)).rejects.toThrow("did not hand in");
  await expect(say("art_none")).rejects.toThrow("did not hand in");
  await expect(say(artefactId, { path: "out/report.txt" })).rejects.toThrow("did not hand in");
  await expect(say(artefactId, { bytes: 5 })).rejects.toThrow("did not hand in");
  await say(artefactId);
});

test("the charter's own rule for the gate says who lets files out, how many, and by when; without one a single approver does", async () => {
  const ada = await member(scene.lead, "ada", "engineering_lead");
  await member(scene.lead, "sec", "security_lead");
  await member(scene.lead, "sue", "security_lead");
  const { runId, artefactId } = await handedIn();
  await asProcess(database, "worker", async () => {
    for (const due of await listUnscanned(scene.lead))
      await recordScan(scene.lead, due, { media: "text/plain", findings: [] });
  });
  const asked = { runId, artefacts: [artefactId], reason: "It is needed." };
  const gate = await getGate(ada, (await askPromotion(ada, asked)).gateId);
  expect(gate).toMatchObject({ needed: 2, denials: 2, roles: ["security_lead"] });
  expect(gate.expiresAt.getTime() - gate.createdAt.getTime()).toBe((5 * DAY) / 24);
  const usual = charterFor(scene.lead, "rep_1");
  expect(promotionRule(usual, ["per_1", "per_1"])).toEqual({
    ...{ needed: 1, roles: usual.controls.approverRoles, barred: ["per_1"] },
  });
});

test("probe: a file that cannot be deleted keeps no other from going, and is told", async () => {
  const [stuck, gone] = [await handedIn(), await handedIn()];
  const store = blobStore();
  const { rows } = await database.owner.query<{ run_id: string; blob_id: string }>(
    "select run_id, blob_id from artefact where id = any($1)",
    [[stuck.artefactId, gone.artefactId]],
  );
  const path = store.path(rows.find(({ run_id }) => run_id === stuck.runId)?.blob_id ?? "");
  await unlink(path);
  await mkdir(join(path, "in-the-way"), { recursive: true });
  clock.advance(8 * DAY);
  await expect(asProcess(database, "worker", () => expireArtefacts(scene.lead))).rejects.toThrow(
    "could not be deleted; the others were",
  );
  const stateOf = async ({ runId }: { readonly runId: string }) =>
    (await listArtefacts(scene.lead, runId)).artefacts.map(({ state }) => state);
  expect([await stateOf(stuck), await stateOf(gone)]).toEqual([["quarantined"], ["deleted"]]);
  await rm(path, { recursive: true });
  await asProcess(database, "worker", () => expireArtefacts(scene.lead));
  expect(await stateOf(stuck)).toEqual(["deleted"]);
});
