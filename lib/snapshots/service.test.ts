// Where a run can be taken up again: what is kept, from where the next attempt begins, and what is deleted.
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, test } from "vitest";
import { blobStore } from "../blobs/service.ts";
import { HOUR, MINUTE } from "../clock.ts";
import { finishLease } from "../leases/service.ts";
import { openBundle, takeBundle, takeSnapshot } from "../leases/transfers.ts";
import { setRetention } from "../retention/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, bytes, leaseOf, SUMMARY, takeIn, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene, type Working } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { snap, tell } from "../testing/steering.ts";
import { dropSnapshots } from "./drop-snapshots.ts";
import { listSnapshots } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
let ada: Scope;

beforeAll(async () => {
  scene = await openModelScene(database, clock);
  ada = await member(scene.lead, "ada", "engineering_lead");
});

const drop = () => asProcess(database, "worker", () => dropSnapshots(scene.lead));
const park = ({ assignment: { leaseId, attempt } }: Working) =>
  finishLease(scene.runner, leaseId, { outcome: "parked", attempt, why: "pause" });
const isThere = (blobId: string) => existsSync(blobStore().path(blobId));

describe("a snapshot", () => {
  test("is where the next attempt begins: the newest one, byte for byte", async () => {
    const working = await scene.start();
    const { runId } = working;
    expect(working.assignment).toMatchObject({ resume: null });
    await snap(scene.runner, working.assignment, 1);
    clock.advance(1000);
    await snap(scene.runner, working.assignment, 2, { letter: "d" });
    await park(working);
    const next = await leaseOf(scene.runner, runId, "agent");
    expect(next).toMatchObject({
      resume: { native: "session-2", driver: "openai", turn: 2, tree: "d".repeat(40), bytes: 10 },
    });
    const open = await openBundle(scene.runner, next.leaseId, next.attempt, "snapshot");
    expect(await text(open.stream)).toBe("snapshot 2");
    expect(next.phase === "agent" && next.resume?.sha256).toBe(open.sha256);
    await cancelRun(ada, { runId, reason: "Not needed." });
  });

  test("of another program, or of another base, is none to begin with", async () => {
    for (const other of ["driver", "base"] as const) {
      const working = await scene.start();
      await snap(scene.runner, working.assignment, 1, other === "driver" ? { driver: "codex" } : {});
      if (other === "base") await rebased(working.runId);
      await park(working);
      const next = await leaseOf(scene.runner, working.runId, "agent");
      expect(next).toMatchObject({ resume: null });
      await expect(openBundle(scene.runner, next.leaseId, next.attempt, "snapshot")).rejects.toMatchObject({
        code: "not_found",
      });
      await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
    }
  });

  test("is kept with one before it; older ones go, and all of them when the run has ended", async () => {
    const working = await scene.start();
    const blobs: string[] = [];
    for (let turn = 1; turn <= 4; turn++) {
      clock.advance(1000);
      blobs.push(await snap(scene.runner, working.assignment, turn));
    }
    await drop();
    expect(blobs.map(isThere)).toEqual([false, false, true, true]);
    expect((await listSnapshots(ada, working.runId)).map(({ turn, isKept }) => [turn, isKept])).toEqual([
      [4, true],
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(await drop()).toBe(0);
    await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
    expect(await drop()).toBe(2);
    expect(blobs.some(isThere)).toBe(false);
    const { rows } = await database.owner.query(
      "select salt, sha256, commitment from blob where id = any($1)",
      [blobs],
    );
    for (const row of rows)
      expect(row).toMatchObject({
        salt: null,
        sha256: "",
        commitment: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
  });

  test("that its runner never spoke of goes after a while", async () => {
    const { assignment } = await scene.start();
    const { blobId } = await takeSnapshot(
      scene.runner,
      assignment.leaseId,
      assignment.attempt,
      bytes("lost"),
    );
    clock.advance(9 * MINUTE);
    await drop();
    expect(isThere(blobId)).toBe(true);
    clock.advance(2 * MINUTE);
    await drop();
    expect(isThere(blobId)).toBe(false);
  });

  test("of a run that ended stays under a legal hold until it is lifted", async () => {
    const held = await openModelScene(database, clock);
    const { runId, assignment } = await held.start();
    const blobId = await snap(held.runner, assignment, 1);
    const security = await member(held.lead, "sec", "security_lead");
    const { pilotId } = held;
    await setRetention(security, { pilotId, days: null, isHeld: true, reason: "A lawsuit.", agreedRuns: 0 });
    await cancelRun(ada, { runId, reason: "Not needed." });
    await drop();
    expect(isThere(blobId)).toBe(true);
    await setRetention(security, {
      pilotId,
      days: null,
      isHeld: false,
      reason: "It is over.",
      agreedRuns: 0,
    });
    await drop();
    expect(isThere(blobId)).toBe(false);
  });
});

/** The run works on another base from now on. */
async function rebased(runId: string): Promise<void> {
  await database.owner.query("alter table run disable trigger governed");
  await database.owner.query("update run set base_commit = $1 where id = $2", ["b".repeat(40), runId]);
  await database.owner.query("alter table run enable trigger governed");
  await database.owner.query(
    "insert into base_bundle select repository_id, $1, $2, 1, now() from run where id = $3 on conflict do nothing",
    ["b".repeat(40), "0".repeat(64), runId],
  );
}

describe("probe: a snapshot", () => {
  const said = (blob: string) =>
    ({
      kind: "snapshot_taken",
      body: { blob, native: "x", driver: "openai", turn: 1, tree: "c".repeat(40), why: "turn" },
    }) as const;

  test("of another run, of another attempt, of another kind or of nothing is refused", async () => {
    const [one, other] = [await scene.start(), await scene.start()];
    const foreign = await snap(scene.runner, other.assignment, 1);
    for (const blob of [foreign, "blb_nothing"])
      await expect(tell(scene.runner, one.assignment, said(blob))).rejects.toMatchObject({ code: "refused" });
    const earlier = await snap(scene.runner, one.assignment, 1);
    await park(one);
    clock.advance(HOUR);
    const next = await leaseOf(scene.runner, one.runId, "agent");
    await expect(tell(scene.runner, next, said(earlier))).rejects.toMatchObject({ code: "refused" });
    expect(await listSnapshots(ada, one.runId)).toHaveLength(1);
    await cancelRun(ada, { runId: one.runId, reason: "Not needed." });
  });

  test("told of twice is one", async () => {
    const { runId, assignment } = await scene.start();
    const blob = await snap(scene.runner, assignment, 1);
    await tell(scene.runner, assignment, said(blob));
    expect(await listSnapshots(ada, runId)).toHaveLength(1);
  });

  test("is no way to fill the disk: no more than a few at a time", async () => {
    const { assignment } = await scene.start();
    const { leaseId, attempt } = assignment;
    for (let n = 0; n < 8; n++) await takeSnapshot(scene.runner, leaseId, attempt, bytes(`number ${n}`));
    await expect(takeSnapshot(scene.runner, leaseId, attempt, bytes("one more"))).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  test("is not handed to whoever verifies the work", async () => {
    const working = await scene.start();
    const { leaseId, attempt } = working.assignment;
    await snap(scene.runner, working.assignment, 1);
    const { blobId } = await takeBundle(scene.runner, leaseId, attempt, bytes("bundle"));
    const outcome = { outcome: "patch", attempt, bundleBlobId: blobId, summary: SUMMARY } as const;
    await finishLease(scene.runner, leaseId, outcome);
    await takeIn(database, scene.lead, working.runId);
    const verify = await leaseOf(scene.runner, working.runId, "verify");
    await expect(openBundle(scene.runner, verify.leaseId, verify.attempt, "snapshot")).rejects.toMatchObject({
      code: "refused",
    });
    await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
  });

  test("is taken from no lease that is over", async () => {
    const { runId, assignment } = await scene.start();
    await cancelRun(ada, { runId, reason: "Not needed." });
    await expect(
      takeSnapshot(scene.runner, assignment.leaseId, assignment.attempt, bytes("late")),
    ).rejects.toMatchObject({ code: "fenced" });
  });
});
