// The ends of a run that do not come from its runner, and what happens when both come at once.
import { beforeEach, describe, expect, test } from "vitest";
import { getBrief } from "../briefs/service.ts";
import { MINUTE } from "../clock.ts";
import { listEvents } from "../events/service.ts";
import { getGate } from "../gates/service.ts";
import { finishLease, heartbeat, markPrepared } from "../leases/service.ts";
import { takeBundle } from "../leases/transfers.ts";
import { getPilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { activePilot, charterFor } from "../testing/arrange.ts";
import {
  bytes,
  entriesAbout,
  handIn,
  kindsAbout,
  launch,
  leaseOf,
  SUMMARY,
  takeIn,
  toReview,
} from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { cancelRun } from "./cancel-run.ts";
import { getRun } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed, work, runner } = scene;
let pilotId = "";
let runId = "";

beforeEach(async () => {
  clock.advance(MINUTE);
  pilotId = await scene.pilotWith();
  runId = await scene.launched(pilotId);
});

const cancel = () => cancelRun(seed, { runId, reason: "hunter2 was in the log" });

async function expectCancelled(): Promise<void> {
  expect(await getRun(seed, runId)).toMatchObject({ status: "cancelled", reason: "hunter2 was in the log" });
  const { rows } = await database.owner.query(
    "select f.outcome, f.ended_at = r.ended_at as same, (select count(*)::int from lease l where l.run_id = r.id and l.ended_at is null) as live from run_fact f join run r on r.id = f.run_id where r.id = $1",
    [runId],
  );
  expect(rows).toEqual([{ outcome: "cancelled", same: true, live: 0 }]);
  const entries = await entriesAbout(database, `run:${runId}`);
  expect(JSON.stringify(entries)).not.toContain("hunter2");
  expect(entries.filter(({ kind }) => kind === "run.cancelled")).toHaveLength(1);
}

describe("cancelling a run", () => {
  test("that waits ends it", async () => {
    await cancel();
    await expectCancelled();
    await expect(cancel()).rejects.toMatchObject({ code: "conflict" });
  });

  test("at work tells its runner at the next heartbeat", async () => {
    const lease = await leaseOf(runner, runId, "agent");
    await markPrepared(runner, lease.leaseId, 1);
    await cancel();
    await expectCancelled();
    expect(await heartbeat(runner, lease.leaseId, 1)).toMatchObject({ directive: "cancel" });
  });

  test("in verification and in review ends it too; an open gate is void", async () => {
    await handIn(runner, await leaseOf(runner, runId, "agent"));
    await takeIn(database, seed, runId);
    await leaseOf(runner, runId, "verify");
    await cancel();
    await expectCancelled();

    clock.advance(MINUTE);
    runId = await launch(seed, pilotId, work.agentId);
    const gate = await toReview(scene, runId);
    await cancel();
    await expectCancelled();
    expect((await getGate(seed, gate?.gateId ?? "")).status).toBe("void");
  });

  test("is for who may, and of a run that is there", async () => {
    const reviewer = testScope({ roles: [["viewer", pilotId]], clock });
    await expect(cancelRun(reviewer, { runId, reason: "because" })).rejects.toMatchObject({
      code: "forbidden",
    });
    const stranger = testScope({ roles: [["engineering_lead", "pil_other"]], clock });
    await expect(cancelRun(stranger, { runId, reason: "because" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(cancelRun(seed, { runId: "run_nobody", reason: "because" })).rejects.toMatchObject({
      code: "not_found",
    });
    await cancel();
  });

  test("with many words keeps the timeline's line short and the whole reason in the row", async () => {
    await leaseOf(runner, runId, "agent");
    const reason = "x".repeat(500);
    await cancelRun(seed, { runId, reason });
    expect((await getRun(seed, runId)).reason).toBe(reason);
    const ended = (await listEvents(seed, runId, 0, 100)).find(({ kind }) => kind === "attempt_ended");
    expect(ended?.kind === "attempt_ended" && ended.body.reason.length).toBe(500);
  });
});

describe("against the runner's own last word", () => {
  test("one of the two counts, whole, and nobody waits for a deadlock", async () => {
    for (let round = 0; round < 6; round++) {
      clock.advance(MINUTE);
      if (round > 0) runId = await launch(seed, pilotId, work.agentId);
      const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
      await markPrepared(runner, leaseId, attempt);
      const { blobId } = await takeBundle(runner, leaseId, attempt, bytes("bundle"));
      const finish = { outcome: "patch", attempt, bundleBlobId: blobId, summary: SUMMARY } as const;
      const other = round % 2 ? cancel() : pullStop(seed, { scope: "pilot", pilotId, reason: "" });
      const [finished, ended] = await Promise.allSettled([finishLease(runner, leaseId, finish), other]);
      expect(ended.status).toBe("fulfilled");
      if (finished.status === "rejected") expect(finished.reason).toMatchObject({ code: "fenced" });
      const { status } = await getRun(seed, runId);
      if (round % 2) expect(status).toBe("cancelled");
      else expect(status).toBe(finished.status === "fulfilled" ? "verifying" : "queued");
      if (!(round % 2)) await cancel();
      await database.owner.query(
        "with up as (update stop set lifted_at = now() where lifted_at is null returning id) insert into log_entry (id, kind, about, body) select 'ent_' || id, 'stop.lifted', array['stop:' || id], '' from up",
      );
    }
  });
});

describe("a charter's criterion", () => {
  test.each([2, 3, 4])(
    "probe: of %i failures, all at the same moment, pauses the pilot once",
    async (limit) => {
      const charter = charterFor(seed, work.repositoryId);
      await cancel();
      pilotId = await activePilot(seed, {
        ...charter,
        controls: { ...charter.controls, maxConcurrentRuns: 4 },
        rollback: { ...charter.rollback, pauseAfterFailedRuns: limit },
      });
      const leases = [];
      for (let nth = 0; nth < limit; nth++) {
        clock.advance(1000);
        leases.push(await leaseOf(runner, await launch(seed, pilotId, work.agentId), "agent"));
      }
      await Promise.all(
        leases.map(({ leaseId, attempt }) =>
          finishLease(runner, leaseId, { outcome: "failed", attempt, reason: "broken" }),
        ),
      );
      expect((await getPilot(seed, pilotId)).status).toBe("paused");
      const kinds = await kindsAbout(database, `pilot:${pilotId}`);
      expect(kinds.filter((kind) => kind === "pilot.paused")).toHaveLength(1);
      expect(kinds.filter((kind) => kind === "run.failed")).toHaveLength(limit);
      const member = testScope({ roles: [["viewer", pilotId]], clock });
      const countsFor = async (scope: Scope) => (await getBrief(scope, { since: "168" })).brief.counts;
      expect(await countsFor(member)).toMatchObject({
        ...{ launched: { count: limit }, merged: { count: 0 }, no_change: { count: 0 } },
        failed: { count: limit, detail: "broken" },
      });
      expect(await countsFor(testScope({ clock }))).toMatchObject({
        ...{ launched: { count: 0 }, failed: { count: 0, detail: null } },
      });
    },
  );
});
