// What a runner is told of the budget, on a real Postgres.
import { beforeAll, expect, test } from "vitest";
import { heartbeat } from "../leases/service.ts";
import { openCalls } from "../model-calls/open-calls.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, testBlobs } from "../testing/journey.ts";
import {
  admitted,
  finalOf,
  intentOf,
  type ModelScene,
  openModelScene,
  type Working,
} from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock, { controls: { budgetRunCents: 2, budgetDayCents: 3 } });
});

/** Reserved 2,000 and charged 1,120. */
const call = (working: Working, isSettled: boolean) =>
  asProcess(database, "gateway", async () => {
    const intent = intentOf(await admitted(scene, working), clock);
    await openCalls(scene.gateway, [intent]);
    if (isSettled) await settleCalls(scene.gateway, [finalOf(intent, clock)]);
  });

test("what is left is the least of run, day and pilot, without what calls under way hold back", async () => {
  const first = await scene.start();
  const left = async ({ assignment: { leaseId, attempt } }: Working) =>
    (await heartbeat(scene.runner, leaseId, attempt, true)).microsLeft;
  expect(await left(first)).toBe(20_000);
  await call(first, true);
  expect(await left(first)).toBe(20_000 - 1_120);
  await call(first, false);
  expect(await left(first)).toBe(20_000 - 1_120 - 2_000);

  // Ten more calls make the day's budget the scarce one, also for a run that has spent nothing.
  for (let nth = 0; nth < 7; nth++) await call(first, true);
  const second = await scene.start();
  for (let nth = 0; nth < 3; nth++) await call(second, true);
  expect(await left(second)).toBe(30_000 - 11 * 1_120 - 2_000);
  const { leaseId, attempt } = second.assignment;
  expect(await heartbeat(scene.runner, leaseId, attempt)).toEqual({ directive: "go_on", reason: "" });
});
