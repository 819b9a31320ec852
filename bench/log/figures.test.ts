import { describe, expect, test } from "vitest";
import {
  atLeast,
  atMost,
  type Figure,
  figuresText,
  figureText,
  isMet,
  missedFigures,
  ratioOf,
} from "./figures.ts";

const append: Figure = {
  ...{ name: "Append", unit: "rows/s", ours: 30_000, floor: 60_000, goal: atLeast(0.25, "ratio") },
};
const pages: Figure = { name: "Page", unit: "ms", ours: 12.34, floor: null, goal: atMost(50, "ours") };

describe("a figure", () => {
  test("is judged by its ratio to the floor, or by itself", () => {
    expect(isMet(append)).toBe(true);
    expect(isMet({ ...append, ours: 14_999 })).toBe(false);
    expect(isMet({ ...append, goal: atMost(0.5, "ratio") })).toBe(true);
    expect(isMet({ ...append, goal: atMost(0.4, "ratio") })).toBe(false);
    expect(isMet(pages)).toBe(true);
    expect(isMet({ ...pages, ours: 50.1 })).toBe(false);
  });

  test("without a goal is never missed", () => {
    expect(isMet({ ...pages, ours: 1e9, goal: null })).toBe(true);
  });

  test("that is not a number misses its goal", () => {
    expect(isMet({ ...pages, ours: Number.NaN })).toBe(false);
    expect(isMet({ ...append, ours: Number.NaN })).toBe(false);
  });

  test("has no ratio where it has no floor", () => {
    expect(() => ratioOf(pages)).toThrow("“Page” has no floor");
  });
});

describe("the text", () => {
  test("says ours, floor, ratio, goal and verdict", () => {
    expect(figureText(append).split(/\s{2,}/)).toEqual([
      ...["Append", "30000 rows/s", "60000 rows/s", "0.50", "goal ≥ 0.25 × floor", "MET"],
    ]);
    expect(figureText({ ...pages, ours: 150 }).split(/\s{2,}/)).toEqual([
      ...["Page", "150 ms", "goal ≤ 50 ms", "MISSED"],
    ]);
  });

  test("shows no more digits than are worth reading", () => {
    const shown = (ours: number) => figureText({ ...pages, ours, goal: null }).split(/\s{2,}/)[1];
    expect([0.1234, 9.999, 12.34, 123.4].map(shown)).toEqual(["0.12 ms", "10.00 ms", "12.3 ms", "123 ms"]);
  });

  test("begins with what the reader must know of the machine", () => {
    expect(figuresText(["2 cores"], [append, pages]).split("\n")).toHaveLength(5);
    expect(figuresText(["2 cores"], [append]).startsWith("2 cores\n\n")).toBe(true);
  });

  test("names what was missed", () => {
    expect(missedFigures([append, { ...pages, ours: 51 }])).toEqual(["Page"]);
  });
});
