import { expect, test } from "vitest";
import { attack } from "./attack.ts";

test("a notary and a database killed under load lose nothing, double nothing, and come back", async () => {
  const { verdict, stuck, points, faults, acknowledged, checkpoints } = await attack({
    ...{ seed: 5, points: 6, processes: ["notary"] },
    isOver: () => false,
    onPoint: () => undefined,
  });
  expect({ ...verdict, stuck }).toEqual({ lost: [], duplicated: [], broken: [], stuck: [] });
  expect(points).toBe(6);
  expect(faults).toBeGreaterThanOrEqual(6);
  expect(acknowledged.entries).toBeGreaterThan(10);
  expect(acknowledged.events).toBeGreaterThan(10);
  expect(acknowledged.decisions).toBeGreaterThan(0);
  expect(checkpoints).toBeGreaterThan(6);
}, 180_000);
