// A person writes to an agent at work; its runner says what became of it.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { transaction } from "../db.ts";
import { loseLease } from "../leases/end-lease.ts";
import { appendRunnerEvents, finishLease } from "../leases/service.ts";
import { takeBundle } from "../leases/transfers.ts";
import { openMergeGate } from "../merges/open-merge-gate.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { launchRun } from "../runs/launch-run.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { bytes, leaseOf, SUMMARY, takeIn, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene, TASK } from "../testing/model-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { inboxOf, snap, statusOf, tell } from "../testing/steering.ts";
import { sendMessage } from "./send-message.ts";
import { listMessages, steerNotice } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
let ada: Scope;
let bo: Scope;

beforeAll(async () => {
  scene = await openModelScene(database, clock);
  ada = await member(scene.lead, "ada", "engineering_lead");
  bo = await member(scene.lead, "bo", "reviewer");
});

const write = (runId: string, text: string, part: Partial<Parameters<typeof sendMessage>[1]> = {}) =>
  sendMessage(ada, { runId, mode: "now", text, requestKey: randomUUID(), ...part });

const entriesOf = async (runId: string, kind: string) =>
  (
    await database.owner.query(
      "select convert_from(body, 'utf8')::jsonb -> 'detail' as detail from log_entry where kind = $1 and about @> array[$2] order by seq",
      [kind, `run:${runId}`],
    )
  ).rows.map(({ detail }) => detail);

describe("a message", () => {
  test("waits in the inbox of whoever has the run until the runner says that the agent got it", async () => {
    const { runId, assignment } = await scene.start();
    const { messageId } = await write(runId, "Leave the generated files alone.");
    const [item] = await inboxOf(scene.runner, assignment);
    expect(item).toEqual({
      ...{ number: 1, kind: "message", message: messageId, mode: "now", origin: "steer" },
      text: "Leave the generated files alone.",
    });
    expect(await inboxOf(scene.runner, assignment, 1)).toEqual([]);
    const effect = "tool_boundary";
    await tell(scene.runner, assignment, { kind: "message_delivered", body: { message: messageId, effect } });
    expect(await inboxOf(scene.runner, assignment)).toEqual([]);
    expect(await listMessages(ada, runId)).toMatchObject([
      { id: messageId, status: "delivered", effect, attempt: 1, sentByName: "ada" },
    ]);
    expect(await entriesOf(runId, "message.delivered")).toEqual([{ message: messageId, attempt: 1, effect }]);
  });

  test("stands in the log as a commitment alone", async () => {
    const { runId } = await scene.start();
    const { messageId } = await write(runId, "HIDDENWORD in a message");
    const { rows } = await database.owner.query(
      "select encode(sha256(salt || convert_to(text, 'utf8')), 'hex') as computed, commitment from run_message where id = $1",
      [messageId],
    );
    expect(rows[0].computed).toBe(rows[0].commitment);
    expect(await entriesOf(runId, "message.sent")).toEqual([
      { message: messageId, mode: "now", origin: "steer", text: rows[0].commitment },
    ]);
    const bodies = await database.owner.query(
      "select count(*)::int as n from log_entry where position('HIDDENWORD' in encode(body, 'escape')) > 0",
    );
    expect(bodies.rows[0].n).toBe(0);
  });

  test("sent twice at the same moment is one", async () => {
    const { runId, assignment } = await scene.start();
    const requestKey = randomUUID();
    const sent = await Promise.all([1, 2, 3].map(() => write(runId, "Once.", { requestKey })));
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
    expect(await inboxOf(scene.runner, assignment)).toHaveLength(1);
  });

  test("of many sent at once has its own number, without gaps", async () => {
    const { runId, assignment } = await scene.start();
    await Promise.all(Array.from({ length: 8 }, (_, n) => write(runId, `Number ${n}.`)));
    const numbers = (await inboxOf(scene.runner, assignment)).map(({ number }) => number);
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("that is told of again, in a batch that is sent again or in another one, stays what it became", async () => {
    const { runId, assignment } = await scene.start();
    const { messageId: message } = await write(runId, "Hello.");
    const at = new Date(clock.now()).toISOString();
    const event = { kind: "message_delivered", body: { message, effect: "preempt" } } as const;
    const batch = { attempt: assignment.attempt, first: 1, events: [{ at, event }] };
    for (let times = 0; times < 2; times++) await appendRunnerEvents(scene.runner, assignment.leaseId, batch);
    const late = { kind: "message_undeliverable", body: { message, reason: "No." } } as const;
    await appendRunnerEvents(scene.runner, assignment.leaseId, {
      ...batch,
      first: 2,
      events: [{ at, event: late }],
    });
    expect(await listMessages(ada, runId)).toMatchObject([{ status: "delivered", effect: "preempt" }]);
    expect(await entriesOf(runId, "message.delivered")).toHaveLength(1);
  });

  test("that was not delivered waits for the next attempt", async () => {
    const { runId, assignment } = await scene.start();
    await write(runId, "Still there.");
    await finishLease(scene.runner, assignment.leaseId, {
      ...{ outcome: "parked", attempt: assignment.attempt, why: "pause" },
    });
    const next = await leaseOf(scene.runner, runId, "agent");
    expect(await inboxOf(scene.runner, next)).toMatchObject([{ number: 1, text: "Still there." }]);
  });

  test("is told again where an attempt begins before it was told, and not where it begins after", async () => {
    const { runId, assignment } = await scene.start();
    const { leaseId, attempt } = assignment;
    const delivered = async (messageId: string) => {
      const body = { message: messageId, effect: "preempt" } as const;
      await tell(scene.runner, assignment, { kind: "message_delivered", body });
      clock.advance(1000);
    };
    await delivered((await write(runId, "Before the snapshot.")).messageId);
    await snap(scene.runner, assignment, 1);
    clock.advance(1000);
    await delivered((await write(runId, "After it.", { mode: "interrupt" })).messageId);
    await transaction(scene.lead, (tx) => loseLease(tx, scene.lead, leaseId));
    const next = await leaseOf(scene.runner, runId, "agent");
    expect(next).toMatchObject({ attempt: attempt + 1, resume: { turn: 1 } });
    const [item, ...more] = await inboxOf(scene.runner, next);
    expect([item, more]).toMatchObject([{ text: "After it.", mode: "now" }, []]);
    if (item?.kind !== "message") throw new Error("no message");
    const body = { message: item.message, effect: "after_turn" } as const;
    await tell(scene.runner, next, { kind: "message_delivered", body });
    expect(await inboxOf(scene.runner, next)).toEqual([]);
  });

  test("is told again where it was told while the snapshot was on its way", async () => {
    const { runId, assignment } = await scene.start();
    clock.advance(1000);
    const { messageId: message } = await write(runId, "Meanwhile.");
    await tell(scene.runner, assignment, {
      kind: "message_delivered",
      body: { message, effect: "after_turn" },
    });
    clock.advance(1000);
    await snap(scene.runner, assignment, 1, { age: 1500 });
    await transaction(scene.lead, (tx) => loseLease(tx, scene.lead, assignment.leaseId));
    const next = await leaseOf(scene.runner, runId, "agent");
    expect(next).toMatchObject({ resume: { turn: 1 } });
    expect(await inboxOf(scene.runner, next)).toMatchObject([{ text: "Meanwhile." }]);
  });

  test("is told again with all others where an attempt begins anew, but for goals: the task says the newest", async () => {
    const { runId, assignment } = await scene.start();
    for (const [text, changesGoal] of [
      ["Use tabs.", false],
      ["Do B.", true],
      ["No tabs.", false],
    ] as const) {
      const { messageId: message } = await write(runId, text, { changesGoal });
      const body = { message, effect: "preempt" } as const;
      await tell(scene.runner, assignment, { kind: "message_delivered", body });
      clock.advance(1000);
    }
    await transaction(scene.lead, (tx) => loseLease(tx, scene.lead, assignment.leaseId));
    const next = await leaseOf(scene.runner, runId, "agent");
    expect(next).toMatchObject({ task: "Do B.", resume: null });
    expect((await inboxOf(scene.runner, next)).map((item) => "text" in item && item.text)).toEqual([
      "Use tabs.",
      "No tabs.",
    ]);
  });

  test("that says what the run is for from now on is the next attempt's task", async () => {
    const { runId, assignment } = await scene.start();
    const { messageId } = await write(runId, "Write the documentation instead.", { changesGoal: true });
    expect(await inboxOf(scene.runner, assignment)).toMatchObject([{ origin: "goal" }]);
    expect(await entriesOf(runId, "run.goal_changed")).toMatchObject([{ message: messageId }]);
    await finishLease(scene.runner, assignment.leaseId, {
      ...{ outcome: "parked", attempt: assignment.attempt, why: "pause" },
    });
    const next = await leaseOf(scene.runner, runId, "agent");
    expect(next).toMatchObject({ task: "Write the documentation instead." });
    const { rows } = await database.owner.query("select task from run where id = $1", [runId]);
    expect(rows[0].task).toBe(TASK);
  });

  test("that nobody got before the agent's work was over is undeliverable, and says why", async () => {
    const { runId, assignment } = await scene.start();
    await write(runId, "Too late.");
    await finishLease(scene.runner, assignment.leaseId, {
      ...{ outcome: "no_change", attempt: assignment.attempt, summary: SUMMARY },
    });
    const [message] = await listMessages(ada, runId);
    expect(message).toMatchObject({ status: "undeliverable", reason: expect.stringContaining("over") });
    // Its runner could read it and say so of nothing: who wrote it stays barred.
    expect(await steerNotice(ada, runId)).toMatchObject({ isBarred: true });
    await expect(write(runId, "Much too late.")).rejects.toMatchObject({ code: "refused" });
  });

  test("of a run that was cancelled reaches nobody", async () => {
    const { runId } = await scene.start();
    await write(runId, "Go on.");
    await cancelRun(ada, { runId, reason: "Not needed." });
    expect(await listMessages(ada, runId)).toMatchObject([{ status: "undeliverable" }]);
  });
});

describe("probe: a message", () => {
  test("is refused of whoever may not write, of no person, and to an agent that reads nothing", async () => {
    const { runId } = await scene.start();
    const input = { runId, mode: "now", text: "Hi.", requestKey: randomUUID() } as const;
    const of = (scope: Scope) => sendMessage(scope, input).catch((error: { code: string }) => error.code);
    expect(await of(testScope({ roles: ["viewer"], clock }))).toBe("forbidden");
    expect(await of(testScope({ roles: [["reviewer", "pil_other"]], clock }))).toBe("not_found");
    expect(await of(scene.lead)).toBe("forbidden");
    expect(await of(scene.runner)).toBe("forbidden");
    const { agentId } = await ensureRecipeAgent(scene.lead);
    const { runId: plain } = await launchRun(scene.lead, {
      ...{ pilotId: scene.pilotId, agentId, title: "Recipe", requestKey: randomUUID() },
    });
    await expect(write(plain, "Hi.")).rejects.toMatchObject({ code: "refused" });
    await cancelRun(ada, { runId: plain, reason: "Not needed." });
  });

  test("of another run is no message of this one", async () => {
    const [one, other] = [await scene.start(), await scene.start()];
    const { messageId } = await write(other.runId, "For the other.");
    const body = { message: messageId, effect: "preempt" } as const;
    await expect(
      tell(scene.runner, one.assignment, { kind: "message_delivered", body }),
    ).rejects.toMatchObject({
      code: "refused",
    });
    expect(await listMessages(ada, other.runId)).toMatchObject([{ status: "queued" }]);
  });

  test("is not heard of by the holder of a lease that is over, or of another one", async () => {
    const { runId, assignment } = await scene.start();
    await write(runId, "Secret.");
    await cancelRun(ada, { runId, reason: "Not needed." });
    await expect(inboxOf(scene.runner, assignment)).rejects.toMatchObject({ code: "fenced" });
    const stranger = testScope({ actor: { kind: "runner", runnerId: "rnr_other" }, clock });
    await expect(inboxOf(stranger, assignment)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("is one too many where many wait already", async () => {
    const { runId } = await scene.start();
    for (let n = 0; n < 20; n++) await write(runId, `Number ${n}.`);
    await expect(write(runId, "One more.")).rejects.toMatchObject({ code: "refused" });
  });
});

describe("whoever writes", () => {
  test("is told before whom that leaves as approvers, and is barred from the merge", async () => {
    const { runId, assignment } = await scene.start();
    const before = await steerNotice(ada, runId);
    expect(before).toMatchObject({ needed: 1, isBarred: false, isEnough: true });
    expect(before.left.map(({ name }) => name)).toContain("bo");
    expect(before.left.map(({ name }) => name)).not.toContain("ada");
    const { messageId: message } = await write(runId, "Do it this way.");
    await tell(scene.runner, assignment, { kind: "message_delivered", body: { message, effect: "preempt" } });
    expect(await steerNotice(ada, runId)).toMatchObject({ isBarred: true });
    expect((await steerNotice(bo, runId)).isEnough).toBe(false);

    const { leaseId, attempt } = assignment;
    const { blobId } = await takeBundle(scene.runner, leaseId, attempt, bytes("bundle"));
    const outcome = { outcome: "patch", attempt, bundleBlobId: blobId, summary: SUMMARY } as const;
    await finishLease(scene.runner, leaseId, outcome);
    await takeIn(database, scene.lead, runId);
    expect(await statusOf(ada, runId)).toBe("verifying");
    const gateId = await transaction(scene.lead, async (tx) =>
      openMergeGate(tx, scene.lead, await lockRun(tx, runId)),
    );
    const { rows } = await database.owner.query("select barred from gate where id = $1", [gateId]);
    expect(rows[0].barred).toEqual([actorId(scene.lead.actor), actorId(ada.actor)]);
  });
});
