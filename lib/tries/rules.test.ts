import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../clock.ts";
import { MOST_TRIES, waitAfter } from "./rules.ts";

test("each try waits longer than the one before, an hour at most, and all of them longer than a sandbox is away for", () => {
  expect(waitAfter(1)).toBe(5 * SECOND);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (tries) => {
      expect(waitAfter(tries + 1)).toBeGreaterThanOrEqual(waitAfter(tries));
      expect(waitAfter(tries)).toBeLessThanOrEqual(HOUR);
    }),
  );
  const all = Array.from({ length: MOST_TRIES - 1 }, (_, at) => waitAfter(at + 1)).reduce((a, b) => a + b);
  expect(all).toBeGreaterThan(40 * MINUTE);
});
