// An agent asks before it goes on: the charter, a person or nobody answers.
import { beforeAll, describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { expireGates } from "../gates/decide-gate.ts";
import { loseLease } from "../leases/end-lease.ts";
import { appendRunnerEvents, finishLease, markPrepared } from "../leases/service.ts";
import type { Charter } from "../pilots/schema.ts";
import { askDigest } from "../protocol/steering.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import type { Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { member } from "../testing/arrange.ts";
import { type TestDatabase, testDatabase } from "../testing/database.ts";
import { asProcess, leaseOf, SUMMARY, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene, type Working } from "../testing/model-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { asking, decide, gateOf, heard, inboxOf, statusOf, tell } from "../testing/steering.ts";
import { decidedFor, listAsks } from "./service.ts";
import { sweepAsks } from "./sweep-asks.ts";

testBlobs();
const database: TestDatabase = await testDatabase("web");
const clock = testClock();
const ASKS: Partial<Charter["controls"]> = {
  ...{ askMode: "unlisted", allowedCommands: ["make check"], deniedCommands: ["git push"], askMinutes: 10 },
};
let declining: ModelScene;
let parking: ModelScene;
let ada: Scope;
let bo: Scope;

beforeAll(async () => {
  declining = await openModelScene(database, clock, { controls: ASKS });
  parking = await openModelScene(database, clock, { controls: { ...ASKS, unattended: "park" } });
  ada = await member(declining.lead, "ada", "engineering_lead");
  bo = await member(declining.lead, "bo", "reviewer");
});

const worker = <T>(work: () => Promise<T>): Promise<T> => asProcess(database, "worker", work);

/** A run at work whose agent has asked once to remove its build. */
async function asked(scene: ModelScene, text = "rm -rf build"): Promise<Working> {
  const working = await scene.start();
  await tell(scene.runner, working.assignment, asking(1, text));
  return working;
}

const entriesOf = async (runId: string, kind: string) =>
  (
    await database.owner.query(
      "select convert_from(body, 'utf8')::jsonb -> 'detail' as detail from log_entry where kind = $1 and about @> array[$2] order by seq",
      [kind, `run:${runId}`],
    )
  ).rows.map(({ detail }) => detail);

const park = ({ runner }: ModelScene, { assignment: { leaseId, attempt } }: Working) =>
  finishLease(runner, leaseId, { outcome: "parked", attempt, why: "ask" });

describe("what an agent asks", () => {
  test("stops the run at a gate that commits to all of it and holds nothing of it in words", async () => {
    const { runId } = await asked(declining, "rm -rf HIDDENWORD");
    expect(await statusOf(ada, runId)).toBe("awaiting_decision");
    const gate = await gateOf(ada, runId);
    const [ask] = await listAsks(ada, runId);
    expect(ask).toMatchObject({ status: "open", gateId: gate.id, text: "rm -rf HIDDENWORD", number: 1 });
    const { rows } = await database.owner.query("select commitment, digest from run_ask where id = $1", [
      ask?.id,
    ]);
    expect(JSON.parse(gate.document)).toMatchObject({
      ...{ decides: "command", run: runId, attempt: 1, ask: ask?.id, asked: rows[0].commitment },
      ...{ gate: gate.id, unattended: "deny_and_continue", needed: 1 },
    });
    expect(gate.document).not.toContain("HIDDENWORD");
    expect(gate.document).not.toContain(rows[0].digest);
    expect(await entriesOf(runId, "ask.opened")).toMatchObject([
      { asked: rows[0].commitment, gate: gate.id },
    ]);
    const said = await database.owner.query(
      "select count(*)::int as n from log_entry where position('HIDDENWORD' in encode(body, 'escape')) > 0",
    );
    expect(said.rows[0].n).toBe(0);
  });

  test("goes on when a person allows it: the runner is told, and says that it heard", async () => {
    const { runId, assignment } = await asked(declining);
    await decide(ada, await gateOf(ada, runId), "approve", "Go ahead.");
    expect(await statusOf(ada, runId)).toBe("working");
    expect(await inboxOf(declining.runner, assignment)).toEqual([
      { number: 1, kind: "answer", ask: 1, decision: "allowed", reason: "Go ahead." },
    ]);
    await tell(declining.runner, assignment, heard(1));
    expect(await inboxOf(declining.runner, assignment)).toEqual([]);
    expect(await entriesOf(runId, "ask.settled")).toMatchObject([{ decision: "allowed", by: "person" }]);
  });

  test("probe: is not allowed where pages mask a part of it, which may be what it does; it can be declined", async () => {
    const { runId } = await asked(declining, "psql postgres://u:x;evil;y@db.example.org/x");
    const gate = await gateOf(ada, runId);
    await expect(decide(ada, gate, "approve")).rejects.toMatchObject({ code: "refused" });
    expect(await statusOf(ada, runId)).toBe("awaiting_decision");
    await decide(ada, gate, "deny");
    expect(await statusOf(ada, runId)).toBe("working");
  });

  test("is declined with the words of who denied it", async () => {
    const { runId, assignment } = await asked(declining);
    await decide(bo, await gateOf(bo, runId), "deny", "Keep the build.");
    expect(await inboxOf(declining.runner, assignment)).toMatchObject([
      { decision: "declined", reason: "Keep the build." },
    ]);
    expect(await statusOf(ada, runId)).toBe("working");
  });

  test("is several things at a time: the run waits until all are decided", async () => {
    const { runId, assignment } = await asked(declining);
    await tell(declining.runner, assignment, asking(2, "npm install"));
    const [first, second] = await listAsks(ada, runId);
    const gates = new Map((await openGates(runId)).map((gate) => [gate.id, gate]));
    await decide(ada, gates.get(second?.gateId ?? "") ?? never(), "approve");
    expect(await statusOf(ada, runId)).toBe("awaiting_decision");
    await decide(ada, gates.get(first?.gateId ?? "") ?? never(), "deny");
    expect(await statusOf(ada, runId)).toBe("working");
    expect(await inboxOf(declining.runner, assignment)).toMatchObject([
      { ask: 2, decision: "allowed" },
      { ask: 1, decision: "declined" },
    ]);
  });

  test("is answered by the charter where it says something, and asks nobody", async () => {
    const { runId, assignment } = await declining.start();
    await tell(
      declining.runner,
      assignment,
      ...[asking(1, "git push"), asking(2, "make check"), asking(3, "ls -l")],
    );
    expect(await statusOf(ada, runId)).toBe("working");
    expect(
      (await inboxOf(declining.runner, assignment)).map((item) => "decision" in item && item.decision),
    ).toEqual(["declined", "allowed", "allowed"]);
    expect((await listAsks(ada, runId)).map(({ decidedBy, gateId }) => [decidedBy, gateId])).toEqual(
      Array(3).fill(["policy", null]),
    );
  });
});

const never = (): never => {
  throw new Error("no such gate");
};
const openGates = async (runId: string) =>
  (await database.owner.query("select id, digest from gate where run_id = $1 and status = 'open'", [runId]))
    .rows as { id: string; digest: string }[];

describe("where nobody answers", () => {
  test("it is declined when its time is over, and the agent goes on", async () => {
    const { runId, assignment } = await asked(declining);
    clock.advance(9 * MINUTE);
    await worker(() => expireGates(declining.lead));
    expect(await statusOf(ada, runId)).toBe("awaiting_decision");
    clock.advance(MINUTE);
    await worker(() => expireGates(declining.lead));
    expect(await statusOf(ada, runId)).toBe("working");
    expect(await inboxOf(declining.runner, assignment)).toMatchObject([
      { kind: "answer", decision: "declined", reason: expect.stringContaining("Nobody") },
    ]);
    expect(await entriesOf(runId, "ask.settled")).toMatchObject([{ decision: "declined", by: "unattended" }]);
  });

  test("the run is put away, told once; the gate stays open, and the next attempt gets the decision", async () => {
    const working = await asked(parking);
    const { runId, assignment } = working;
    clock.advance(11 * MINUTE);
    await worker(() => expireGates(parking.lead));
    expect(await worker(() => sweepAsks(parking.lead))).toBe(1);
    expect(await worker(() => sweepAsks(parking.lead))).toBe(0);
    expect(await inboxOf(parking.runner, assignment)).toMatchObject([{ kind: "pause", why: "ask" }]);
    await park(parking, working);
    expect(await statusOf(ada, runId)).toBe("awaiting_decision");
    await decide(ada, await gateOf(ada, runId), "approve");
    expect(await statusOf(ada, runId)).toBe("queued");

    const next = await leaseOf(parking.runner, runId, "agent");
    const digest = askDigest({ what: "command", cwd: "/work", text: "rm -rf build" });
    expect(next).toMatchObject({ decided: [{ digest, decision: "allowed" }] });
    await markPrepared(parking.runner, next.leaseId, next.attempt);
    await tell(parking.runner, next, asking(1, "rm -rf build"));
    expect(await statusOf(ada, runId)).toBe("working");
    expect(await inboxOf(parking.runner, next)).toMatchObject([
      { kind: "answer", ask: 1, decision: "allowed" },
    ]);
    // Once: the same again is asked again.
    await tell(parking.runner, next, heard(1), asking(2, "rm -rf build"));
    expect(await statusOf(ada, runId)).toBe("awaiting_decision");
  });

  test("a runner that puts the run away before it was told to leaves an ask that is known to wait without one", async () => {
    const working = await asked(parking, "rm -rf third");
    clock.advance(11 * MINUTE);
    await park(parking, working);
    expect(await listAsks(ada, working.runId)).toMatchObject([
      { status: "open", parkedAt: new Date(clock.now()) },
    ]);
    await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
  });

  test("a run that was put away for a decision gets it declined when the gate runs out", async () => {
    const working = await asked(parking, "rm -rf other");
    clock.advance(11 * MINUTE);
    await worker(() => sweepAsks(parking.lead));
    await park(parking, working);
    clock.advance(72 * HOUR);
    await worker(() => expireGates(parking.lead));
    expect(await statusOf(ada, working.runId)).toBe("queued");
    expect(await read(parking.lead, (db) => decidedFor(db, working.runId))).toMatchObject([
      { decision: "declined" },
    ]);
    await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
    expect(await read(parking.lead, (db) => decidedFor(db, working.runId))).toEqual([]);
  });
});

describe("an ask that nobody waits for any more", () => {
  const expired = async (runId: string) => {
    expect(await listAsks(ada, runId)).toMatchObject([{ status: "expired", decidedBy: "crash" }]);
    expect((await gateOf(ada, runId)).status).toBe("void");
    expect(await openGates(runId)).toEqual([]);
  };

  test("is expired when its runner is lost, and asked anew by the next attempt", async () => {
    const { runId, assignment } = await asked(declining);
    await worker(() =>
      transaction(declining.lead, (tx) => loseLease(tx, declining.lead, assignment.leaseId)),
    );
    await expired(runId);
    expect(await statusOf(ada, runId)).toBe("queued");
    expect(await leaseOf(declining.runner, runId, "agent")).toMatchObject({ decided: [], attempt: 2 });
  });

  test("is expired when the run is cancelled", async () => {
    const { runId } = await asked(declining);
    await cancelRun(ada, { runId, reason: "Not needed." });
    await expired(runId);
  });

  test("is expired by an emergency stop, also of a run that was put away", async () => {
    const stopping = await openModelScene(database, clock, { controls: { ...ASKS, unattended: "park" } });
    const [held, away] = [await asked(stopping), await asked(stopping)];
    clock.advance(11 * MINUTE);
    await worker(() => sweepAsks(stopping.lead));
    await park(stopping, away);
    await pullStop(stopping.lead, { scope: "pilot", pilotId: stopping.pilotId, reason: "Enough." });
    for (const { runId } of [held, away]) {
      await expired(runId);
      expect(await statusOf(ada, runId)).toBe("queued");
    }
  });

  test("is expired when the runner says so, and when it claims a decision that nobody took", async () => {
    for (const event of [
      heard(1, "expired", "crash"),
      heard(1, "allowed", "person"),
      heard(1, "allowed", "policy"),
    ]) {
      const { runId, assignment } = await asked(declining);
      await tell(declining.runner, assignment, event);
      await expired(runId);
      expect(await statusOf(ada, runId)).toBe("working");
    }
  });

  test("is expired when the agent hands in its work all the same", async () => {
    const { runId, assignment } = await asked(declining);
    const { leaseId, attempt } = assignment;
    await finishLease(declining.runner, leaseId, { outcome: "no_change", attempt, summary: SUMMARY });
    await expired(runId);
    expect(await statusOf(ada, runId)).toBe("failed");
  });
});

describe("at the same moment", () => {
  const outcomes = (results: readonly PromiseSettledResult<unknown>[]) =>
    results.map((result) => {
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ code: expect.stringMatching(/^(refused|conflict|fenced)$/) });
      return result.status;
    });

  test("two people decide: one decision counts, and the runner hears that one alone", async () => {
    for (let round = 0; round < 3; round++) {
      const { runId, assignment } = await asked(declining);
      const gate = await gateOf(ada, runId);
      const results = await Promise.allSettled([decide(ada, gate, "approve"), decide(bo, gate, "deny")]);
      expect(outcomes(results).sort()).toEqual(["fulfilled", "rejected"]);
      const [ask] = await listAsks(ada, runId);
      const items = await inboxOf(declining.runner, assignment);
      expect(items).toMatchObject([{ kind: "answer", decision: ask?.status }]);
      expect(await entriesOf(runId, "ask.settled")).toHaveLength(1);
    }
  });

  test("a decision and the runner that puts the run away: either way the next attempt gets it", async () => {
    for (let round = 0; round < 4; round++) {
      const working = await asked(parking);
      const gate = await gateOf(ada, working.runId);
      await Promise.all([decide(ada, gate, "approve"), park(parking, working)]);
      expect(await statusOf(ada, working.runId)).toBe("queued");
      const next = await leaseOf(parking.runner, working.runId, "agent");
      expect(next).toMatchObject({ decided: [{ decision: "allowed" }] });
      await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
    }
  });

  test("a decision and the loss of the runner, a stop, or the end of its time: nothing breaks, one of them counts", async () => {
    for (const other of ["lost", "expiry"] as const) {
      const { runId, assignment } = await asked(declining);
      const gate = await gateOf(ada, runId);
      if (other === "expiry") clock.advance(10 * MINUTE - 1);
      const results = await Promise.allSettled([
        decide(ada, gate, "approve"),
        other === "lost"
          ? transaction(declining.lead, (tx) => loseLease(tx, declining.lead, assignment.leaseId))
          : expireGates({ ...declining.lead, clock: { ...clock, now: () => clock.now() + 2 } }),
      ]);
      outcomes(results);
      expect(await openGates(runId)).toEqual([]);
      expect(await entriesOf(runId, "ask.settled")).toHaveLength(1);
      await cancelRun(ada, { runId, reason: "Not needed." });
    }
  });
});

describe("probe: an ask", () => {
  test("whose digest is that of something else is refused with its batch", async () => {
    const { runId, assignment } = await declining.start();
    const event = asking(1, "rm -rf build");
    if (event.kind !== "ask_opened") throw new Error("another event");
    const lie = { ...event, body: { ...event.body, text: "ls" } };
    await expect(tell(declining.runner, assignment, lie)).rejects.toMatchObject({ code: "refused" });
    expect(await listAsks(ada, runId)).toEqual([]);
    expect(await statusOf(ada, runId)).toBe("working");
  });

  test("told again, in a batch that is sent again or under a new number, is one; another one under its number is refused", async () => {
    const { runId, assignment } = await declining.start();
    const at = new Date(clock.now()).toISOString();
    const batch = { attempt: 1, first: 1, events: [{ at, event: asking(1, "rm -rf build") }] };
    for (let times = 0; times < 2; times++)
      await appendRunnerEvents(declining.runner, assignment.leaseId, batch);
    await appendRunnerEvents(declining.runner, assignment.leaseId, { ...batch, first: 2 });
    expect(await listAsks(ada, runId)).toHaveLength(1);
    expect(await openGates(runId)).toHaveLength(1);
    const other = { ...batch, first: 3, events: [{ at, event: asking(1, "rm -rf other") }] };
    await expect(appendRunnerEvents(declining.runner, assignment.leaseId, other)).rejects.toMatchObject({
      code: "refused",
    });
  });

  test("is not decided by whoever has no role for it, nor by the digest of another page", async () => {
    const { runId } = await asked(declining);
    const gate = await gateOf(ada, runId);
    const eve = await member(declining.lead, "eve", "viewer");
    await expect(decide(eve, gate, "approve")).rejects.toMatchObject({ code: "refused" });
    await expect(decide(ada, { ...gate, digest: "0".repeat(64) }, "approve")).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(decide(testScope({ roles: ["reviewer"], clock }), gate, "approve")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("is one too many where nobody has answered many: it is declined, and nobody is bothered", async () => {
    const { runId, assignment } = await declining.start();
    const many = Array.from({ length: 22 }, (_, n) => asking(n + 1, `rm file-${n}`));
    await tell(declining.runner, assignment, ...many);
    expect(await openGates(runId)).toHaveLength(20);
    expect(await inboxOf(declining.runner, assignment)).toMatchObject([
      { ask: 21, decision: "declined" },
      { ask: 22, decision: "declined" },
    ]);
  });
});
