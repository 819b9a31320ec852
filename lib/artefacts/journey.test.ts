// A file's way: out of the sandbox into quarantine, looked into, promoted by somebody else, downloaded; and every way that is none.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { beforeAll, describe, expect, test } from "vitest";
import { blobStore } from "../blobs/service.ts";
import { DAY } from "../clock.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate, listGatesOf } from "../gates/service.ts";
import { newId } from "../ids.ts";
import { finishLease } from "../leases/service.ts";
import { openBundle } from "../leases/transfers.ts";
import type { Charter } from "../pilots/schema.ts";
import { BundleName } from "../protocol/schema.ts";
import { setRetention } from "../retention/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import type { Scope } from "../scope.ts";
import { activePilot, charterFor, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, bytes, entriesAbout, leaseOf, SUMMARY, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene, type Working } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { tell } from "../testing/steering.ts";
import { expireArtefacts } from "./expire-artefacts.ts";
import { takeArtefact } from "./hand-in.ts";
import { artefactsIn, askPromotion } from "./promote.ts";
import { listUnscanned, recordFailedScan, recordScan } from "./scan.ts";
import type { ArtefactFinding, ArtefactView } from "./schema.ts";
import { listArtefacts } from "./service.ts";
import { openArtefact } from "./take.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
let ada: Scope;
let rex: Scope;
let sec: Scope;

const ENVIRONMENT: Partial<Charter["environment"]> = {
  ...{ artefactPaths: ["reports", "out.txt"], artefactCount: 3, artefactMb: 1, artefactDays: 7 },
};

beforeAll(async () => {
  scene = await openModelScene(database, clock, { environment: ENVIRONMENT });
  ada = await member(scene.lead, "ada", "engineering_lead");
  rex = await member(scene.lead, "rex", "reviewer");
  sec = await member(scene.lead, "sec", "security_lead");
});

const worker = <T>(work: () => Promise<T>) => asProcess(database, "worker", work);
const handIn = ({ assignment: { leaseId, attempt } }: Working, path: string, text: string) =>
  takeArtefact(scene.runner, { leaseId, attempt, path }, bytes(text));
const viewOf = async (runId: string, id: string): Promise<ArtefactView> => {
  const found = (await listArtefacts(ada, runId)).artefacts.find((artefact) => artefact.id === id);
  if (!found) throw new Error(`no artefact ${id}`);
  return found;
};

/** As the worker does with what the sandbox said. */
const scan = (findings: readonly ArtefactFinding[] = [], media = "text/plain") =>
  worker(async () => {
    const due = await listUnscanned(scene.lead);
    for (const one of due) await recordScan(scene.lead, one, { media, findings });
    return due.length;
  });

async function scanned(path = "reports/a.txt", text = "all is well") {
  const working = await scene.start();
  const { artefactId } = await handIn(working, path, text);
  await scan();
  return { working, runId: working.runId, artefactId };
}

async function decide(by: Scope, gateId: string, decision: "approve" | "deny") {
  const { digest } = await getGate(by, gateId);
  return decideGate(by, { gateId, digest, decision, reason: "Looked at it." });
}

const askFor = (by: Scope, runId: string, ...artefacts: string[]) =>
  askPromotion(by, { runId, artefacts, reason: "The release notes need it." });
const take = (by: Scope, runId: string, artefactId: string, isAcknowledged = false) =>
  openArtefact(by, { runId, artefactId, isAcknowledged });
const code = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  );
const kindsOf = async (runId: string) =>
  (await entriesAbout(database, `run:${runId}`))
    .map(({ kind }) => kind)
    .filter((kind) => /^artefact/.test(kind));

describe("a file beside the patch", () => {
  test("lies in quarantine, is looked into, promoted by somebody else and downloaded; each step is an entry", async () => {
    const { runId, artefactId } = await scanned();
    expect(await viewOf(runId, artefactId)).toMatchObject({
      ...{ state: "scanned", path: "reports/a.txt", bytes: 11, media: "text/plain", findings: [] },
      sha256: createHash("sha256").update("all is well").digest("hex"),
    });
    const { gateId } = await askFor(ada, runId, artefactId);
    expect(artefactsIn(await getGate(rex, gateId)).artefacts).toMatchObject([
      { artefact: artefactId, sha256: createHash("sha256").update("all is well").digest("hex") },
    ]);
    expect(await decide(rex, gateId, "approve")).toEqual({ status: "approved" });
    expect((await viewOf(runId, artefactId)).state).toBe("promoted");
    const taken = await take(rex, runId, artefactId);
    expect((await buffer(taken.stream)).toString()).toBe("all is well");
    expect(taken.name).toBe("a.txt");
    expect(await kindsOf(runId)).toEqual([
      ...["artefact.handed_in", "artefact.scanned", "artefact.promoted", "artefact.taken"],
    ]);
    const entries = JSON.stringify(await entriesAbout(database, `run:${runId}`));
    expect(entries).not.toContain("reports");
  });

  test("handed in again after a lost answer is the same one, and its bytes lie there once", async () => {
    const working = await scene.start();
    const one = await handIn(working, "out.txt", "same");
    expect(await handIn(working, "out.txt", "same")).toEqual(one);
    expect((await handIn(working, "out.txt", "other")).artefactId).not.toBe(one.artefactId);
    expect((await listArtefacts(ada, working.runId)).artefacts).toHaveLength(2);
    const { rows } = await database.owner.query("select id from blob where run_id = $1", [working.runId]);
    expect(rows.filter(({ id }) => existsSync(blobStore().path(id)))).toHaveLength(2);
  });

  test("that was left in the sandbox is listed with the reason, and is nothing else ever", async () => {
    const working = await scene.start();
    await tell(scene.runner, working.assignment, {
      kind: "artefact_refused",
      body: { path: "reports/link", fault: "symlink", times: 2 },
    });
    const [left] = (await listArtefacts(ada, working.runId)).artefacts;
    expect(left).toMatchObject({ state: "refused", isLeft: true, findings: [{ rule: "symlink" }] });
    expect(await code(askFor(ada, working.runId, left?.id ?? ""))).toContain("It was refused");
    expect(await code(take(sec, working.runId, left?.id ?? "", true))).toContain("not_found");
    expect(await kindsOf(working.runId)).toEqual(["artefact.refused"]);
  });

  test("that could not be looked into stays in quarantine, says why, and is tried again later", async () => {
    const working = await scene.start();
    const { artefactId } = await handIn(working, "out.txt", "odd");
    await worker(async () => {
      for (const due of await listUnscanned(scene.lead))
        await recordFailedScan(scene.lead, due, "Looking into it ended by time.");
    });
    expect(await viewOf(working.runId, artefactId)).toMatchObject({
      ...{ state: "quarantined", problem: "Looking into it ended by time." },
    });
    expect(await code(askFor(ada, working.runId, artefactId))).toContain("not scanned yet");
    expect(await scan()).toBe(0);
    clock.advance(6000);
    expect(await scan()).toBeGreaterThan(0);
    expect(await viewOf(working.runId, artefactId)).toMatchObject({ state: "scanned", problem: null });
  });
});

describe("promotion", () => {
  test("is decided by somebody who neither asked, launched nor steered; a denial leaves it where it is", async () => {
    const { runId, artefactId } = await scanned();
    const { gateId } = await askFor(ada, runId, artefactId);
    expect(await code(decide(ada, gateId, "approve"))).toContain("somebody else has to approve");
    expect(await code(askFor(rex, runId, artefactId))).toContain("already");
    expect(await decide(rex, gateId, "deny")).toEqual({ status: "denied" });
    expect((await viewOf(runId, artefactId)).state).toBe("scanned");
    const again = await askFor(rex, runId, artefactId);
    expect(await decide(ada, again.gateId, "approve")).toEqual({ status: "approved" });
  });

  test("probe: of what was refused, of another run's, of nothing, of a promoted one is refused", async () => {
    const { runId, artefactId } = await scanned();
    const other = await scanned();
    const working = await scene.start();
    const bad = await handIn(working, "out.txt", "AKIA...");
    await scan([{ rule: "secret", detail: "aws" }]);
    expect((await viewOf(working.runId, bad.artefactId)).state).toBe("refused");
    expect(await code(askFor(ada, working.runId, bad.artefactId))).toContain("It was refused");
    expect(await code(askFor(ada, runId, artefactId, other.artefactId))).toContain("not_found");
    expect(await code(askFor(ada, runId, "art_nothing"))).toContain("not_found");
    const { gateId } = await askFor(ada, runId, artefactId);
    await decide(rex, gateId, "approve");
    expect(await code(askFor(ada, runId, artefactId))).toContain("promoted already");
  });

  test("probe: bytes that are not those the gate shows void it (H13)", async () => {
    const { runId, artefactId } = await scanned();
    const { gateId } = await askFor(ada, runId, artefactId);
    await database.owner.query("alter table artefact disable trigger governed");
    await database.owner.query("update artefact set sha256 = $1 where id = $2", ["0".repeat(64), artefactId]);
    await database.owner.query("alter table artefact enable trigger governed");
    expect(await decide(rex, gateId, "approve")).toEqual({ status: "void" });
    expect((await viewOf(runId, artefactId)).state).toBe("scanned");
  });

  test("probe: the database itself lets nothing that was refused or deleted come back", async () => {
    const working = await scene.start();
    const { artefactId } = await handIn(working, "out.txt", "bad");
    await scan([{ rule: "archive_path", detail: "../x" }]);
    await expect(
      database.owner.query("update artefact set state = 'scanned' where id = $1", [artefactId]),
    ).rejects.toThrow("never becomes");
  });
});

describe("what is still in quarantine", () => {
  test("is taken by those alone who see payloads unmasked, after they were told, under a name that says so", async () => {
    const { runId, artefactId } = await scanned("reports/page.html", "<html>");
    expect(await code(take(rex, runId, artefactId, true))).toContain("forbidden");
    expect(await code(take(sec, runId, artefactId))).toContain("in quarantine");
    expect(await kindsOf(runId)).not.toContain("artefact.taken");
    const { name, stream } = await take(sec, runId, artefactId, true);
    await buffer(stream);
    expect(name).toBe("page.html.quarantined");
    const taken = (await entriesAbout(database, `run:${runId}`)).find(
      ({ kind }) => kind === "artefact.taken",
    );
    expect(taken?.detail).toMatchObject({ artefact: artefactId, state: "scanned" });
  });

  test("is deleted when its days are over, unless a gate or a hold waits; its digest stays", async () => {
    const one = await scanned();
    const kept = await scanned();
    const { gateId } = await askFor(ada, kept.runId, kept.artefactId);
    await decide(rex, gateId, "approve");
    const asked = await scanned();
    await askFor(ada, asked.runId, asked.artefactId);
    const { rows } = await database.owner.query("select blob_id from artefact where id = $1", [
      one.artefactId,
    ]);
    const { pilotId } = scene;
    const hold = (isHeld: boolean) =>
      setRetention(sec, { pilotId, days: null, isHeld, reason: "A lawsuit.", agreedRuns: 0 });
    await hold(true);
    clock.advance(7 * DAY);
    await worker(() => expireArtefacts(scene.lead));
    expect((await viewOf(one.runId, one.artefactId)).state).toBe("scanned");
    await hold(false);
    await worker(() => expireArtefacts(scene.lead));
    expect(await viewOf(one.runId, one.artefactId)).toMatchObject({
      ...{ state: "deleted", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(existsSync(blobStore().path(rows[0].blob_id))).toBe(false);
    expect((await viewOf(kept.runId, kept.artefactId)).state).toBe("promoted");
    expect((await viewOf(asked.runId, asked.artefactId)).state).toBe("scanned");
    expect(await code(take(sec, one.runId, one.artefactId, true))).toContain("deleted");
  });
});

test("probe: bytes that are others on the disk than those that were looked into go to nobody", async () => {
  const { runId, artefactId } = await scanned();
  const { rows } = await database.owner.query("select blob_id from artefact where id = $1", [artefactId]);
  await rm(blobStore().path(rows[0].blob_id));
  await writeFile(blobStore().path(rows[0].blob_id), "all is evil");
  expect(await code(take(sec, runId, artefactId, true))).toContain("not those that were handed in");
  expect(await kindsOf(runId)).not.toContain("artefact.taken");
});

describe("probe: a runner", () => {
  test("hands in nothing that the charter does not name, nor more than it allows (H11, H15)", async () => {
    const working = await scene.start();
    for (const path of ["secret.txt", "reports/../x", "/reports/a", "reportsx", "reports//a", "reports/a\n"])
      expect(await code(handIn(working, path, "x"))).toContain("no such path");
    expect(await code(handIn(working, "out.txt", "x".repeat(1024 * 1024 + 1)))).toContain("too_large");
    for (const name of ["a", "b", "c"]) await handIn(working, `reports/${name}`, name);
    expect(await code(handIn(working, "reports/d", "d"))).toContain("as many artefacts");
    expect(await code(handIn(working, "reports/c", "c"))).toBe("done");
    expect(await code(handIn(working, "reports/c", "other"))).toContain("as many artefacts");
  });

  test("hands in nothing where the charter names nothing", async () => {
    const pilotId = await activePilot(scene.lead, charterFor(scene.lead, await repositoryOf()));
    const launch = { pilotId, agentId: scene.agentId, title: "Repair main", task: "Repair it." };
    const { runId } = await launchRun(scene.lead, { ...launch, requestKey: newId("request") });
    const { leaseId, attempt, phase, ...assignment } = await leaseOf(scene.runner, runId, "agent");
    expect("artefacts" in assignment && assignment.artefacts).toBeNull();
    expect(
      await code(takeArtefact(scene.runner, { leaseId, attempt, path: "out.txt" }, bytes("x"))),
    ).toContain("hand in no artefacts");
    expect(phase).toBe("agent");
  });

  test("reads no artefact, its own or another run's: no name of the API leads to one, and no hand-in may be one", async () => {
    const { working, artefactId } = await scanned();
    const { leaseId, attempt } = working.assignment;
    expect(BundleName.options).toEqual(["base", "patch", "snapshot"]);
    await expect(openBundle(scene.runner, leaseId, attempt, artefactId as "base")).rejects.toMatchObject({
      code: expect.stringMatching(/^(unavailable|not_found|refused)$/),
    });
    await expect(take(scene.runner, working.runId, artefactId, true)).rejects.toMatchObject({
      code: expect.stringMatching(/^(forbidden|not_found)$/),
    });
    const { rows } = await database.owner.query("select blob_id from artefact where id = $1", [artefactId]);
    const bundleBlobId: string = rows[0].blob_id;
    const finish = { outcome: "patch", attempt, bundleBlobId, summary: SUMMARY } as const;
    expect(await code(finishLease(scene.runner, leaseId, finish))).toMatch(/refused|not_found|bad_input/);
    expect(
      await code(
        tell(scene.runner, working.assignment, {
          kind: "snapshot_taken",
          body: {
            ...{
              blob: bundleBlobId,
              native: "x",
              driver: "openai",
              turn: 1,
              tree: "c".repeat(40),
              why: "turn",
            },
          },
        }),
      ),
    ).toContain("refused");
    expect((await listGatesOf(ada, working.runId)).map(({ kind }) => kind)).toEqual([]);
  });
});

async function repositoryOf(): Promise<string> {
  const { rows } = await database.owner.query("select id from repository limit 1");
  return rows[0].id;
}
