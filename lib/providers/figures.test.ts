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

test("the first byte and the first token are two figures, each of the calls it is known of", async () => {
  const scene = await openModelScene(database, clock);
  const working = await scene.start();
  /** Each by when its first token came after it was opened. */
  const calls = (...tokens: readonly (number | null)[]) =>
    asProcess(database, "gateway", async () => {
      const admission = await admitted(scene, working);
      const [at, intents] = [clock.now(), tokens.map(() => intentOf(admission, clock))];
      await openCalls(scene.gateway, intents);
      const finals = intents.map((intent, place) => {
        const token = tokens[place] ?? null;
        const firstTokenAt = token === null ? null : at + token;
        return finalOf(intent, clock, { firstByteAt: at + 200, firstTokenAt, at: at + 1200 });
      });
      await settleCalls(scene.gateway, finals);
    });
  // Of the first three none is known: no stream, or from before it was noted.
  await calls(null, null, null, ...Array.from({ length: 9 }, () => 700));
  const [few] = await listFigures(scene.admin, scene.providerId);
  expect(few).toMatchObject({ n: 12, firstByte: { n: 12 }, firstToken: null });
  await calls(900);
  const [all] = await listFigures(scene.admin, scene.providerId);
  expect(all).toMatchObject({ n: 13, firstByte: { n: 13 }, firstToken: { n: 10 } });
  expect(all?.firstByte?.p95).toBeCloseTo(200);
  expect(all?.firstToken?.p50).toBeCloseTo(700);
  expect(all?.firstToken?.p95).toBeCloseTo(810);
});

test("who may not see providers sees no figures", async () => {
  await expect(listFigures(testScope({ clock }), "prv_1")).rejects.toThrow();
});
