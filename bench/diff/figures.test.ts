import { describe, expect, test } from "vitest";
import { type Figures, missedGoals, percentile, type Row, tableText } from "./figures.ts";

const figures: Figures = {
  firstHunk: 100,
  inp: 40,
  work: 30,
  interactions: 48,
  nodes: 3000,
  heap: 20e6,
  find: 50,
};
const row = (more: Partial<Row> = {}): Row => ({
  ...{ who: "ours", lines: "1k", outcome: figures, goals: { inp: 80, heap: 200 } },
  ...more,
});

describe("goals of the diff", () => {
  test("are met by figures up to them", () => {
    expect(missedGoals(row())).toEqual([]);
    expect(missedGoals(row({ outcome: { ...figures, inp: 80 } }))).toEqual([]);
  });

  test("are missed by more, by what has no figure, and by not finishing", () => {
    expect(missedGoals(row({ outcome: { ...figures, inp: 81, heap: 300e6 } }))).toEqual([
      "ours, 1k lines: inp 81 > 80",
      "ours, 1k lines: heap 300 > 200",
    ]);
    expect(missedGoals(row({ goals: { find: 300 }, outcome: { ...figures, find: null } }))).toHaveLength(1);
    expect(missedGoals(row({ outcome: "the page crashed" }))).toEqual(["ours, 1k lines: the page crashed"]);
    expect(missedGoals(row({ who: "pierre", goals: {}, outcome: "the page crashed" }))).toEqual([]);
  });

  test("stand in a table that says how many times ours the others are", () => {
    const text = tableText([
      row(),
      row({ who: "pierre", outcome: { ...figures, firstHunk: 250, find: null } }),
      row({ who: "diff2html", outcome: "did not finish within 40 s" }),
    ]);
    expect(text).toMatch(/pierre\s+250\s+2\.5×/);
    expect(text).toContain("diff2html  did not finish within 40 s");
  });
});

test("a percentile is the nearest rank", () => {
  const values = Array.from({ length: 50 }, (_, at) => at + 1);
  expect([percentile(values, 0.98), percentile(values, 0.5), percentile([], 0.98)]).toEqual([49, 25, 0]);
});
