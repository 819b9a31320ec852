import { describe, expect, test } from "vitest";
import {
  type Goal,
  type Measure,
  measureText,
  milliseconds,
  missed,
  reportText,
  verdictOf,
} from "./report.ts";

const series = (name: string, ...samples: number[]) => ({ name, samples });

const measure = (goal: Goal, changes: Partial<Measure> = {}): Measure => ({
  name: "start",
  ours: series("the sandbox", 8, 10, 90),
  peer: series("bare bwrap", 5, 5, 6),
  floor: series("a plain process", 1, 2, 3),
  goal,
  ...changes,
});

describe("a verdict", () => {
  test.each<[Goal, string]>([
    [{ kind: "times_peer", most: 2 }, "MET"],
    [{ kind: "times_peer", most: 1.9 }, "MISSED"],
    [{ kind: "milliseconds", most: 10 }, "MET"],
    [{ kind: "milliseconds", most: 9.9 }, "MISSED"],
    [{ kind: "none" }, "–"],
  ])("by %j is %s", (goal, verdict) => {
    expect(verdictOf(measure(goal))).toBe(verdict);
  });

  test("against a peer that was not measured is an error, not a success", () => {
    expect(() => verdictOf(measure({ kind: "times_peer", most: 2 }, { peer: null }))).toThrow("needs a peer");
  });

  test("of a measure without samples is an error, not a success", () => {
    const empty = measure({ kind: "milliseconds", most: 1 }, { ours: series("the sandbox") });
    expect(() => verdictOf(empty)).toThrow("no samples");
  });
});

describe("the text of a measure", () => {
  test("shows ours, the peer's, the floor, how they compare, the goal and the verdict", () => {
    const lines = measureText(measure({ kind: "times_peer", most: 2 })).split("\n");
    expect(lines[0]).toBe("start: goal p50 ≤ 2 × the peer's: MET");
    expect(lines[1]).toMatch(/ours +the sandbox +10\.0 +90\.0 +n=3$/);
    expect(lines[2]).toMatch(/peer +bare bwrap +5\.00 +6\.00 +n=3 +ours is 2\.00 ×$/);
    expect(lines[3]).toMatch(/floor +a plain process +2\.00 +3\.00 +n=3 +ours is 5\.00 ×$/);
  });

  test("leaves out what was not measured", () => {
    const text = measureText(measure({ kind: "none" }, { peer: null, floor: null }));
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain("start: no goal");
  });
});

test("milliseconds have as many digits as they are worth", () => {
  expect([0.1234, 9.994, 12.34, 99.94, 123.4].map(milliseconds)).toEqual([
    "0.12",
    "9.99",
    "12.3",
    "99.9",
    "123",
  ]);
});

test("a report names what the machine was like, and every goal that was missed", () => {
  const measures = [
    measure({ kind: "milliseconds", most: 1 }, { name: "slow" }),
    measure({ kind: "milliseconds", most: 1000 }, { name: "quick" }),
    measure({ kind: "none" }, { name: "aside" }),
  ];
  expect(missed(measures)).toEqual(["slow"]);
  const text = reportText(["load 3.1"], measures);
  expect(text.startsWith("load 3.1\n")).toBe(true);
  for (const name of ["slow", "quick", "aside"]) expect(text).toContain(`\n${name}: `);
});
