import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { drawPoint, pointText, STEPS, type Target } from "./points.ts";

const ALL: readonly Target[] = ["notary", "worker", "web", "postgres", "backend"];

const draw = (seed: number, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => drawPoint(random, ALL));
};

test("the same seed kills in the same places, another seed in others", () => {
  expect(draw(7, 50)).toEqual(draw(7, 50));
  expect(draw(7, 50)).not.toEqual(draw(8, 50));
});

test("two hundred points reach every process, every step, and two processes at once", () => {
  const points = draw(1, 200);
  expect(new Set(points.flatMap(({ targets }) => targets))).toEqual(new Set(ALL));
  expect(new Set(points.map(({ step }) => step))).toEqual(new Set(STEPS));
  const doubles = points.filter(({ targets }) => targets.length === 2);
  expect(doubles.length).toBeGreaterThan(10);
  for (const { targets } of doubles) expect(targets[0]).not.toBe(targets[1]);
});

test("a point can be read", () => {
  expect(pointText({ targets: ["web", "notary"], step: "batch_sent", delay: 4 })).toBe(
    "web and notary, 4 ms after batch sent",
  );
});

test("one process alone is never taken twice at once", () => {
  const random = createRandom(3);
  for (let n = 0; n < 50; n++) expect(drawPoint(random, ["notary"]).targets).toEqual(["notary"]);
});
