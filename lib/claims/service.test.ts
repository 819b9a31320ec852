// Claims as pages get them: from what is stored, whoever tied them.
import { beforeAll, expect, test } from "vitest";
import { appendRunnerEvents, finishLease } from "../leases/service.ts";
import { takeBundle } from "../leases/transfers.ts";
import type { NewEvent } from "../protocol/events.ts";
import type { Claim } from "../protocol/schema.ts";
import { testDatabase } from "../testing/database.ts";
import { bytes, SUMMARY, takeIn, testBlobs } from "../testing/journey.ts";
import { type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { testStatement } from "./rules.ts";
import { findClaims } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock);
});

const EDITED = "e".repeat(40);
const edit = (item: number): NewEvent[] => [
  { kind: "item_opened", body: { item, type: "patch", title: "" } },
  { kind: "item_closed", body: { item, status: "completed" } },
  { kind: "tree_recorded", body: { item, tree: EDITED } },
];
const tests = (item: number, exit: number): NewEvent[] => [
  { kind: "command_started", body: { command: item, argv: ["npm", "test"], tree: "work", purpose: "" } },
  { kind: "item_opened", body: { item, type: "command", title: "npm test", command: item } },
  { kind: "command_finished", body: { command: item, exit, ended: "itself", milliseconds: 1, dropped: 0 } },
  { kind: "item_closed", body: { item, status: "completed", exit } },
  { kind: "tree_recorded", body: { item, tree: EDITED } },
];

async function claimed(events: readonly NewEvent[], claims: Claim[]) {
  const { runId, assignment } = await scene.start();
  const { leaseId, attempt } = assignment;
  const at = new Date(clock.now()).toISOString();
  await appendRunnerEvents(scene.runner, leaseId, {
    ...{ attempt, first: 1 },
    events: events.map((event) => ({ at, event })),
  });
  const { blobId } = await takeBundle(scene.runner, leaseId, attempt, bytes("bundle"));
  const summary = { ...SUMMARY, text: "I am done.", claims };
  expect(await findClaims(scene.lead, runId)).toBeNull();
  await finishLease(scene.runner, leaseId, { outcome: "patch", attempt, bundleBlobId: blobId, summary });
  await takeIn(database, scene.lead, runId);
  return findClaims(scene.lead, runId);
}

test("a claim rests on the command that bears it, with its exit and the event that says so", async () => {
  const claims = [{ text: "All tests pass.", commands: [2] }];
  expect(await claimed([...edit(1), ...tests(2, 0)], claims)).toMatchObject({
    text: "I am done.",
    lastTest: { state: "newer", run: { command: 2, exit: 0 } },
    claims: [
      {
        standing: "rests",
        rests: [{ command: 2, text: "npm test", exit: 0, seq: expect.any(Number) }],
        harness: "cannot_say",
        because: "Nothing of it was verified yet.",
      },
    ],
  });
});

test("probe: a runner that lies about its own last test run, and ties claims to what ran before the edit, is not heard", async () => {
  const lie = testStatement(
    { ran: [{ command: 1, item: 9, text: "npm test", exit: 0 }], lastEdit: 1 },
    { argv: ["x"] },
  );
  const view = await claimed(
    [...tests(1, 0), ...edit(2)],
    [
      { text: lie.text, commands: [1] },
      { text: "All tests pass.", commands: [1] },
    ],
  );
  expect(view?.claims).toMatchObject([{ text: "All tests pass.", standing: "unverified", rests: [] }]);
});

test("what its own last command says against it is shown", async () => {
  const view = await claimed([...edit(1), ...tests(2, 1)], [{ text: "All tests pass.", commands: [] }]);
  expect(view?.claims).toMatchObject([{ standing: "contradicted", against: [{ command: 2, exit: 1 }] }]);
});
