// A run that asks and asks: what waits stays in view, and the asking ends.
import { beforeAll, describe, expect, test } from "vitest";
import { finishLease, markPrepared } from "../leases/service.ts";
import { resumeRun } from "../runs/resume-run.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { leaseOf, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { asking, decide, gateOf, inboxOf, statusOf, tell } from "../testing/steering.ts";
import { MAX_ASKS } from "./schema.ts";
import { findAskOfGate, listAsks } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
let ada: Scope;
beforeAll(async () => {
  scene = await openModelScene(database, clock, { controls: { askMode: "unlisted" } });
  ada = await member(scene.lead, "ada", "engineering_lead");
});

/** So many that were answered already, later than what is asked now. */
async function fill(runId: string, count: number): Promise<void> {
  await database.owner.query("alter table run_ask disable trigger user");
  await database.owner.query(
    `insert into run_ask (id, run_id, attempt, number, what, title, text, cwd, reason, commitment, status, decided_by,
       opened_at, due_at, settled_at)
     select $1 || '-' || n, $1, 1, 100000 + n, 'command', 't', 't', '/work', '', 'c', 'declined', 'policy', $2, $2, $2
     from generate_series(1, $3::int) n`,
    [runId, new Date(clock.now() + 60_000), count],
  );
  await database.owner.query("alter table run_ask enable trigger user");
}

const rowsOf = async (table: "run_ask" | "gate", runId: string) =>
  (await database.owner.query(`select from ${table} where run_id = $1`, [runId])).rowCount;

describe("what is asked of a person", () => {
  test("is found by its gate and stays in the list, whatever was asked and answered since", async () => {
    const { runId, assignment } = await scene.start();
    await tell(scene.runner, assignment, asking(1, "rm -rf build"));
    await fill(runId, MAX_ASKS + 5);
    const gate = await gateOf(ada, runId);
    expect(await findAskOfGate(ada, gate.id)).toMatchObject({ text: "rm -rf build", status: "open" });
    const [first, ...others] = await listAsks(ada, runId);
    expect(first).toMatchObject({ gateId: gate.id });
    expect(others).toHaveLength(MAX_ASKS - 1);
    await decide(ada, gate, "approve");
    expect(await statusOf(ada, runId)).toBe("working");
  });

  test("probe: is not allowed once its words were taken away or are others; it can be declined", async () => {
    for (const change of ["text = '[taken away]', salt = null", "text = 'ls'"]) {
      const { runId, assignment } = await scene.start();
      await tell(scene.runner, assignment, asking(1, "rm -rf build"));
      await database.owner.query("alter table run_ask disable trigger user");
      await database.owner.query(`update run_ask set ${change} where run_id = $1`, [runId]);
      await database.owner.query("alter table run_ask enable trigger user");
      const gate = await gateOf(ada, runId);
      await expect(decide(ada, gate, "approve")).rejects.toMatchObject({
        code: "refused",
        message: expect.stringContaining("not kept any more"),
      });
      expect(await statusOf(ada, runId)).toBe("awaiting_decision");
      await decide(ada, gate, "deny");
      expect(await statusOf(ada, runId)).toBe("working");
    }
  });
});

describe("probe: a run that has asked as often as anybody reads", () => {
  test("is paused by the next ask, which costs neither a row nor a gate; nor do those after it", async () => {
    const { runId, assignment } = await scene.start();
    await fill(runId, MAX_ASKS);
    await tell(scene.runner, assignment, asking(1, "rm a"), asking(2, "rm b"), asking(3, "ls"));
    await tell(scene.runner, assignment, asking(4, "rm c"));
    expect(await statusOf(ada, runId)).toBe("paused");
    expect(await rowsOf("run_ask", runId)).toBe(MAX_ASKS);
    expect(await rowsOf("gate", runId)).toBe(0);
    expect(await inboxOf(scene.runner, assignment)).toMatchObject([
      { kind: "pause", why: "pause", reason: expect.stringContaining("asked 1,000 times") },
    ]);
    await finishLease(scene.runner, assignment.leaseId, { outcome: "parked", attempt: 1, why: "pause" });

    await resumeRun(ada, { runId });
    const next = await leaseOf(scene.runner, runId, "agent");
    await markPrepared(scene.runner, next.leaseId, next.attempt);
    expect(await statusOf(ada, runId)).toBe("working");
    await tell(scene.runner, next, asking(1, "rm a"));
    expect(await statusOf(ada, runId)).toBe("paused");
    expect(await rowsOf("run_ask", runId)).toBe(MAX_ASKS);
  });
});
