import { expect, test } from "vitest";
import { attackTrips } from "./attack.ts";

test("tripwires that trip while the worker or the database is killed act once each", async () => {
  const report = await attackTrips({
    ...{ seed: 3, points: 4 },
    isOver: () => false,
    onPoint: () => undefined,
  });
  expect(report.faults).toEqual([]);
  expect(report.points).toBe(4);
  expect(report.killed).toBeGreaterThan(0);
}, 180_000);
