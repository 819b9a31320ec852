import fc from "fast-check";
import { expect, test } from "vitest";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { countFailure, restartDelay, STEADY } from "./backoff.ts";

test("the first restart is quick, the pauses double, and none is longer than 30 s", () => {
  expect([1, 2, 3, 4].map(restartDelay)).toEqual([250, 500, 1000, 2000]);
  expect(restartDelay(9)).toBe(30 * SECOND);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (failures) => {
      expect(restartDelay(failures)).toBeLessThanOrEqual(30 * SECOND);
      expect(restartDelay(failures + 1)).toBeGreaterThanOrEqual(restartDelay(failures));
    }),
  );
});

test("a child that lived for a minute is forgiven what came before", () => {
  expect(countFailure(5, STEADY)).toBe(1);
  expect(countFailure(5, MINUTE - 1)).toBe(6);
});
