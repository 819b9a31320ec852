import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantile, ratioOf, spreadOf } from "./stats.ts";

const samples = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });

describe("a quantile", () => {
  test("is a sample, by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0, 0.01, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 1, 50, 99, 100]);
    expect(quantile([7], 0.5)).toBe(7);
  });

  test("is not exceeded by its share of the samples", () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const value = quantile(values, share);
        expect(values).toContain(value);
        const below = values.filter((each) => each <= value).length;
        expect(below / values.length).toBeGreaterThanOrEqual(share - 1e-9);
      }),
    );
  });

  test("does not depend on the order, and leaves the samples alone", () => {
    const values = [3, 1, 2];
    expect(quantile(values, 0.5)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });

  test("of nothing is an error, not a number", () => {
    expect(() => quantile([], 0.5)).toThrow("no samples");
  });
});

describe("a spread", () => {
  test("of few samples names the largest as its 99th", () => {
    expect(spreadOf([5, 1, 3])).toEqual({ count: 3, p50: 3, p99: 5 });
  });

  test("does not let one slow sample move the middle", () => {
    expect(spreadOf([...Array(99).fill(2), 5000])).toEqual({ count: 100, p50: 2, p99: 2 });
  });
});

test("a ratio compares medians, and turns over with its sides", () => {
  expect(ratioOf([4, 4, 400], [2, 2, 1])).toBe(2);
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      expect(ratioOf(a, b) * ratioOf(b, a)).toBeCloseTo(1, 6);
    }),
  );
});
