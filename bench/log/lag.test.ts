import fc from "fast-check";
import { expect, test } from "vitest";
import { lagsOf } from "./lag.ts";

test("an entry's lag ends with the first checkpoint that covers it", () => {
  const seen = [
    { size: 1, at: 100 },
    { size: 3, at: 250 },
    { size: 4, at: 300 },
  ];
  const leaves = [90, 110, 120, 130].map((at, index) => ({ index, at }));
  expect(lagsOf(leaves, seen)).toEqual([10, 140, 130, 170]);
});

test("an entry that no checkpoint covers is not passed over", () => {
  expect(() => lagsOf([{ index: 4, at: 0 }], [{ size: 4, at: 1 }])).toThrow("covers entry 4");
});

test("probe: entries in another order than their numbers' are refused, not judged", () => {
  const leaves = [1_000_000, 999_999].map((index) => ({ index, at: 0 }));
  expect(() => lagsOf(leaves, [{ size: 1_000_001, at: 1 }])).toThrow(
    "Entry 999999 was given after entry 1000000",
  );
});

test("agrees with looking through all checkpoints for each entry", () => {
  const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, (drawn) => {
      const seen = drawn.sort((a, b) => a - b).map((size, at) => ({ size, at: at * 7 }));
      const count = seen.at(-1)?.size ?? 0;
      const leaves = Array.from({ length: count }, (_, index) => ({ index, at: -index }));
      const slow = leaves.map(({ index, at }) => (seen.find(({ size }) => size > index)?.at ?? 0) - at);
      expect(lagsOf(leaves, seen)).toEqual(slow);
    }),
  );
});
