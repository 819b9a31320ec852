import fc from "fast-check";
import { expect, test } from "vitest";
import { scaleOf } from "./interval-bar.tsx";

const amount = fc.double({ min: 0, max: 1e9, noNaN: true });

test("whatever the numbers, all of them stand inside the bar and in their order", () => {
  fc.assert(
    fc.property(amount, amount, amount, amount, (a, b, value, target) => {
      const interval = { low: Math.min(a, b), high: Math.max(a, b) };
      const x = scaleOf({ value, interval, target });
      for (const at of [interval.low, interval.high, value, target]) {
        expect(x(at)).toBeGreaterThanOrEqual(4);
        expect(x(at)).toBeLessThanOrEqual(244);
      }
      expect(x(interval.low)).toBeLessThanOrEqual(x(interval.high));
    }),
  );
});

test("without any number the scale still stands", () => {
  expect(scaleOf({ value: null, interval: null, target: 0 })(0)).toBe(4);
});
