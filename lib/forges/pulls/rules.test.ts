import fc from "fast-check";
import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../../clock.ts";
import { untilNextTry } from "./rules.ts";

test("a merge that failed is tried ever later, and what waits for others at one pace", () => {
  expect([1, 2, 3].map((tries) => untilNextTry("queued", tries))).toEqual([5, 10, 20].map((n) => n * SECOND));
  expect(untilNextTry("waits", 100)).toBe(MINUTE / 2);
});

test("probe: it is never given up, nor put off for longer than five minutes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (tries) => {
      const wait = untilNextTry("opened", tries);
      expect(wait).toBeGreaterThanOrEqual(5 * SECOND);
      expect(wait).toBeLessThanOrEqual(5 * MINUTE);
    }),
  );
});
