import { expect, test } from "vitest";
import { DAY, MINUTE } from "../clock.ts";
import { openCalls } from "../model-calls/open-calls.ts";
import type { Final } from "../model-calls/schema.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, testBlobs } from "../testing/journey.ts";
import { admitted, finalOf, intentOf, openModelScene } from "../testing/model-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { listFigures } from "./figures.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();

test("figures count what the provider did, by age and context, from ten calls on, of thirty days", async () => {
  const scene = await openModelScene(database, clock);
  const working = await scene.start();
  const call = (part: Partial<Final>) =>
    asProcess(database, "gateway", async () => {
      const intent = intentOf(await admitted(scene, working), clock);
      await openCalls(scene.gateway, [intent]);
      const times = { firstByteAt: clock.now() + 200, at: clock.now() + 1200 };
      await settleCalls(scene.gateway, [finalOf(intent, clock, { ...times, ...part })]);
    });
  for (let n = 0; n < 9; n++) await call({});
  const first = await listFigures(scene.admin, scene.providerId);
  expect(first[0]).toMatchObject({ n: 9, firstByte: null, tokensPerSecond: null, errorRate: null });
  clock.advance(11 * MINUTE);
  await call({});
  await call({ outcome: "failed", status: 503, retries: 2 });
  await call({ outcome: "aborted", flags: ["client_gone"] });
  await call({ outcome: "failed", status: 400 });
  const [all, ...groups] = await listFigures(scene.admin, scene.providerId);
  expect(all).toMatchObject({ model: "model-1", n: 11, errorRate: 1 / 11, retryRate: 1 / 11 });
  expect(all?.firstByte?.p50).toBeCloseTo(200);
  expect(all?.tokensPerSecond).toBeCloseTo(50);
  expect(groups.map(({ age, context, n }) => [age, context, n])).toEqual([
    [null, 0, 11],
    [0, null, 9],
    [1, null, 2],
  ]);
  const [newest] = await listFigures(scene.admin, scene.providerId, 3);
  expect(newest).toMatchObject({ n: 3, errorRate: null }); // of the first session one call is looked at
  clock.advance(31 * DAY);
  expect(await listFigures(scene.admin, scene.providerId)).toEqual([]);
});

test("who may not see providers sees no figures", async () => {
  await expect(listFigures(testScope({ clock }), "prv_1")).rejects.toThrow();
});
