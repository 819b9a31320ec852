import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "./random.ts";

const draw = (seed: number) => {
  const random = createRandom(seed);
  return [...Array.from({ length: 50 }, () => random.below(1000)), random.bytes(16).toString("hex")];
};

test("the same seed gives the same chance, another seed another", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      expect(draw(seed)).toEqual(draw(seed));
    }),
  );
  expect(draw(1)).not.toEqual(draw(2));
});

test("numbers stay below their limit and reach all of it", () => {
  const random = createRandom(7);
  const drawn = new Set(Array.from({ length: 500 }, () => random.below(6)));
  expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test("there is nothing to pick from an empty list", () => {
  expect(() => createRandom(1).pick([])).toThrow("nothing to pick");
});
