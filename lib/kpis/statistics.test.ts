import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bootstrap, poisson, quantile, seededRandom, wilson } from "./statistics.ts";

const values = fc
  .array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 60 })
  .map((all) => all.sort((a, b) => a - b));

describe("a quantile", () => {
  test.each<[number[], number, number]>([
    [[5], 0.5, 5],
    [[1, 2], 0.5, 1.5],
    [[1, 2, 3], 0.5, 2],
    [[1, 2, 3, 4], 0.9, 3.7],
    [[0, 10], 0.9, 9],
    [[1, 2, 3], 0, 1],
    [[1, 2, 3], 1, 3],
  ])("of %j at %d is %d", (sorted, p, expected) => {
    expect(quantile(sorted, p)).toBeCloseTo(expected, 12);
  });

  test("lies within the values and grows with p", () => {
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sorted, one, other) => {
          const [low, high] = [Math.min(one, other), Math.max(one, other)];
          expect(quantile(sorted, low)).toBeLessThanOrEqual(quantile(sorted, high) + 1e-6);
          expect(quantile(sorted, low)).toBeGreaterThanOrEqual(sorted[0] ?? 0);
          expect(quantile(sorted, high)).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
        },
      ),
    );
  });
});

describe("Wilson's interval", () => {
  // Reference values: Newcombe 1998, table I, method 3 (score, without continuity correction).
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %d in %d is %d to %d", (hits, total, low, high) => {
    expect(wilson(hits, total).low).toBeCloseTo(low, 4);
    expect(wilson(hits, total).high).toBeCloseTo(high, 4);
  });

  test("holds the share, stays within 0 and 1, and mirrors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), (total, wish) => {
        const hits = wish % (total + 1);
        const { low, high } = wilson(hits, total);
        expect(low).toBeLessThanOrEqual(hits / total);
        expect(high).toBeGreaterThanOrEqual(hits / total);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(wilson(total - hits, total).high).toBeCloseTo(1 - low, 9);
      }),
    );
  });
});

describe("the interval of a count", () => {
  // Exact (Garwood) limits.
  test.each([
    [0, 0, 3.689],
    [1, 0.0253, 5.572],
    [5, 1.623, 11.668],
    [10, 4.795, 18.39],
    [50, 37.111, 65.918],
  ])("of %d is near %d to %d", (count, low, high) => {
    expect(Math.abs(poisson(count).low - low)).toBeLessThanOrEqual(0.02 + low * 0.01);
    expect(Math.abs(poisson(count).high - high)).toBeLessThanOrEqual(0.03 + high * 0.01);
  });

  test("holds the count and moves with it", () => {
    fc.assert(
      fc.property(fc.nat(100_000), (count) => {
        const [here, next] = [poisson(count), poisson(count + 1)];
        expect(here.low).toBeLessThanOrEqual(count);
        expect(here.high).toBeGreaterThan(count);
        expect(next.low).toBeGreaterThan(here.low);
        expect(next.high).toBeGreaterThan(here.high);
      }),
    );
  });
});

describe("the bootstrap", () => {
  test("gives the same interval for the same rows, always", () => {
    const sorted = [3, 5, 8, 13, 21, 34, 55];
    expect(bootstrap(sorted, 0.5)).toEqual(bootstrap([...sorted], 0.5));
    expect(bootstrap(sorted, 0.5)).toEqual({ low: 5, high: 34 });
  });

  test("of equal values is that value; of one value, it", () => {
    expect(bootstrap([7, 7, 7, 7], 0.5)).toEqual({ low: 7, high: 7 });
    expect(bootstrap([7], 0.9)).toEqual({ low: 7, high: 7 });
  });

  test("lies within the values", () => {
    fc.assert(
      fc.property(values, (sorted) => {
        const { low, high } = bootstrap(sorted, 0.5);
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(sorted[0] ?? 0);
        expect(high).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
      }),
      { numRuns: 30 },
    );
  });

  test("covers the true median in about 95 of 100 samples of 25", () => {
    const random = seededRandom(11);
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const sample = Array.from({ length: 25 }, () => -Math.log(1 - random())).sort((a, b) => a - b);
      const { low, high } = bootstrap(sample, 0.5);
      if (low <= Math.LN2 && Math.LN2 <= high) covered += 1;
    }
    expect(covered).toBeGreaterThan(180);
    expect(covered).toBeLessThan(200);
  });
});

describe("the random numbers", () => {
  test("repeat with the seed, stay in [0, 1) and spread evenly", () => {
    const [one, other] = [seededRandom(5), seededRandom(5)];
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const value = one();
      expect(other()).toBe(value);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
      const bucket = Math.floor(value * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
