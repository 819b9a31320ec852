// Whoever wrote to an agent takes it back: at once where no runner can have it, else the runner says which came first.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { loseLease } from "../leases/end-lease.ts";
import { readInbox } from "../leases/read-inbox.ts";
import { finishLease } from "../leases/service.ts";
import { pauseRun } from "../runs/pause-run.ts";
import { resumeRun } from "../runs/resume-run.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { leaseOf, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene, TASK, type Working } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { inboxOf, tell } from "../testing/steering.ts";
import { refusalToWithdraw, stepsOf } from "./rules.ts";
import { sendMessage } from "./send-message.ts";
import { listMessages, messageSteps } from "./service.ts";
import { withdrawMessage } from "./withdraw-message.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
let ada: Scope;
let kim: Scope;

beforeAll(async () => {
  scene = await openModelScene(database, clock);
  ada = await member(scene.lead, "ada", "engineering_lead");
  kim = await member(scene.lead, "kim", "engineering_lead");
});

const write = async (runId: string, text: string, changesGoal = false): Promise<string> =>
  (await sendMessage(ada, { runId, mode: "queue", text, changesGoal, requestKey: randomUUID() })).messageId;
const messageOf = async (runId: string, id: string) =>
  (await listMessages(ada, runId)).find((message) => message.id === id);
const back = (messageId: string) =>
  ({ kind: "message_undeliverable", body: { message: messageId, reason: "Taken back." } }) as const;
const got = (messageId: string) =>
  ({ kind: "message_delivered", body: { message: messageId, effect: "after_turn" } }) as const;

/** A run that is put away, so that no runner can have what is written. */
async function parked(): Promise<Working> {
  const working = await scene.start();
  const { leaseId, attempt } = working.assignment;
  await pauseRun(ada, { runId: working.runId, reason: "Later." });
  await finishLease(scene.runner, leaseId, { outcome: "parked", attempt, why: "pause" });
  return working;
}

const detailsOf = async (runId: string, kind: string) =>
  (
    await database.owner.query(
      "select convert_from(body, 'utf8')::jsonb -> 'detail' as detail from log_entry where kind = $1 and about @> array[$2] order by seq",
      [kind, `run:${runId}`],
    )
  ).rows.map(({ detail }) => detail);

describe("a message that is taken back", () => {
  test("while no runner has the run is withdrawn at once, and nobody gets it", async () => {
    const { runId } = await parked();
    const messageId = await write(runId, "Never mind.");
    const other = await write(runId, "This one counts.");
    expect(await withdrawMessage(ada, { runId, messageId })).toBe("withdrawn");
    expect(await withdrawMessage(ada, { runId, messageId })).toBe("withdrawn");
    expect(await messageOf(runId, messageId)).toMatchObject({ status: "withdrawn", withdrawAt: null });
    expect(await detailsOf(runId, "message.withdrawn")).toEqual([{ message: messageId }]);
    await resumeRun(ada, { runId });
    const next = await leaseOf(scene.runner, runId, "agent");
    expect(await inboxOf(scene.runner, next)).toMatchObject([{ message: other }]);
  });

  test("that had said what the run is for leaves the goal as it was", async () => {
    const { runId } = await parked();
    const first = await write(runId, "Do A.", true);
    clock.advance(1000);
    const second = await write(runId, "Do B.", true);
    await withdrawMessage(ada, { runId, messageId: second });
    await withdrawMessage(ada, { runId, messageId: first });
    expect(await detailsOf(runId, "message.withdrawn")).toEqual([
      { message: second, goal: first },
      { message: first, goal: "launch" },
    ]);
    await resumeRun(ada, { runId });
    expect(await leaseOf(scene.runner, runId, "agent")).toMatchObject({ task: TASK });
  });

  test("from a runner is asked for, and the runner that had not passed it on says so", async () => {
    const { runId, assignment } = await scene.start();
    const messageId = await write(runId, "Never mind.");
    expect(await withdrawMessage(ada, { runId, messageId })).toBe("asked");
    expect(await withdrawMessage(ada, { runId, messageId })).toBe("asked");
    expect(await detailsOf(runId, "message.asked_back")).toEqual([{ message: messageId, attempt: 1 }]);
    expect(await inboxOf(scene.runner, assignment)).toEqual([
      { number: 2, kind: "withdraw", message: messageId },
    ]);
    expect(await messageOf(runId, messageId)).toMatchObject({ status: "queued" });
    await tell(scene.runner, assignment, back(messageId));
    expect(await inboxOf(scene.runner, assignment)).toEqual([]);
    expect(await messageOf(runId, messageId)).toMatchObject({ status: "withdrawn", reason: null });
  });

  test("from a runner whose agent was getting it is delivered, and too late from then on", async () => {
    const { runId, assignment } = await scene.start();
    const messageId = await write(runId, "Never mind.");
    await withdrawMessage(ada, { runId, messageId });
    await tell(scene.runner, assignment, got(messageId));
    expect(await messageOf(runId, messageId)).toMatchObject({ status: "delivered", effect: "after_turn" });
    expect(await inboxOf(scene.runner, assignment)).toEqual([]);
    await expect(withdrawMessage(ada, { runId, messageId })).rejects.toThrow("It is too late");
  });

  test("at the very moment of its delivery is one or the other, never both", async () => {
    const { runId, assignment } = await scene.start();
    const messageId = await write(runId, "Now or never.");
    const [asked] = await Promise.allSettled([
      withdrawMessage(ada, { runId, messageId }),
      tell(scene.runner, assignment, got(messageId)),
    ]);
    expect(await messageOf(runId, messageId)).toMatchObject({ status: "delivered" });
    expect(await detailsOf(runId, "message.withdrawn")).toEqual([]);
    if (asked.status === "rejected") expect(asked.reason.message).toContain("too late");
    else expect(asked.value).toBe("asked");
  });

  test("from a runner that is lost is withdrawn with its lease", async () => {
    const { runId, assignment } = await scene.start();
    const messageId = await write(runId, "Never mind.");
    await withdrawMessage(ada, { runId, messageId });
    await transaction(scene.lead, (tx) => loseLease(tx, scene.lead, assignment.leaseId));
    expect(await messageOf(runId, messageId)).toMatchObject({ status: "withdrawn" });
    expect(await inboxOf(scene.runner, await leaseOf(scene.runner, runId, "agent"))).toEqual([]);
  });

  test("is not spoken of to a runner of before, which would not understand it", async () => {
    const { runId, assignment } = await scene.start();
    await withdrawMessage(ada, { runId, messageId: await write(runId, "Never mind.") });
    const { leaseId, attempt } = assignment;
    const asked = { attempt, after: 0, givesBack: false };
    expect((await readInbox(scene.runner, leaseId, asked)).items).toEqual([]);
  });
});

test("probe: nobody takes back what another person wrote, or what is of another run", async () => {
  const [one, other] = [await scene.start(), await scene.start()];
  const messageId = await write(one.runId, "Mine.");
  await expect(withdrawMessage(kim, { runId: one.runId, messageId })).rejects.toThrow("Only whoever wrote");
  await expect(withdrawMessage(ada, { runId: other.runId, messageId })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(withdrawMessage(scene.runner, { runId: one.runId, messageId })).rejects.toThrow();
  expect(await messageOf(one.runId, messageId)).toMatchObject({ status: "queued", withdrawAt: null });
});

test.each([
  ["queued", null],
  ["withdrawn", null],
  ["delivered", "too late"],
  ["undeliverable", "nothing to take back"],
] as const)("of a message that is %s it says %s", (status, words) => {
  const says = refusalToWithdraw({ status, isSender: true });
  if (words === null) expect(says).toBeNull();
  else expect(says).toContain(words);
});

test("every step of a message is counted, by pages and by the stream alike", async () => {
  const { runId, assignment } = await scene.start();
  const counted = async () => {
    const steps = stepsOf(await listMessages(ada, runId));
    expect(await messageSteps(ada, runId)).toBe(steps);
    return steps;
  };
  expect(await counted()).toBe(0);
  const messageId = await write(runId, "One.");
  expect(await counted()).toBe(1);
  await withdrawMessage(ada, { runId, messageId });
  expect(await counted()).toBe(2);
  await tell(scene.runner, assignment, back(messageId));
  expect(await counted()).toBe(3);
});
