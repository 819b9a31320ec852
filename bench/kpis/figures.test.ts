import { describe, expect, test } from "vitest";
import { isTakenMet, p95, slowedBy, slowedText, type Taken, takenText } from "./figures.ts";

const taken = (change: Partial<Taken> = {}): Taken => ({
  ...{ name: "the board", ours: [40, 50, 60], peer: [500], floor: [5], most: 100 },
  ...change,
});

describe("what a board takes", () => {
  test("is judged by its 95th percentile, the bound itself being kept", () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    expect(p95(hundred)).toBe(95);
    expect(isTakenMet(taken({ ours: hundred, most: 95 }))).toBe(true);
    expect(isTakenMet(taken({ ours: hundred, most: 94.9 }))).toBe(false);
  });

  test("misses nothing where no goal is", () => {
    expect(isTakenMet(taken({ ours: [1e6], most: null }))).toBe(true);
    expect(takenText(taken({ most: null }))).not.toContain("goal");
  });

  test("stands beside the peer and the floor, by medians", () => {
    const text = takenText(taken());
    expect(text).toMatch(/the board\s+50\.0\s+60\.0\s+500\s+5\.0\s+0\.10 \/ 10/);
    expect(text).toContain("goal p95 ≤ 100: MET");
    expect(takenText(taken({ most: 55 }))).toContain("MISSED");
  });
});

describe("what facts cost", () => {
  test("is the median of what each pair says, so that a slow moment meets both of it", () => {
    expect(slowedBy([105, 1050, 10.5], [100, 1000, 10])).toBeCloseTo(5);
    expect(slowedBy([90], [100])).toBeCloseTo(-10);
    expect(slowedBy([100, 100, 900], [100, 100, 100])).toBe(0);
  });

  test("needs pairs, and says what it was held to", () => {
    expect(() => slowedBy([1, 2], [1])).toThrow("Each sample needs its like.");
    expect(slowedText("moves", 5, 9)).toContain("+5.0 % (median of 9 pairs)  goal ≤ 5 %: MET");
    expect(slowedText("moves", 5.1, 9)).toContain("MISSED");
  });
});
