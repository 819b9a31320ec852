import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { differences, isLoosening } from "./difference.ts";

const charter = defaultCharter(`rep_${"1".repeat(22)}`, "main", "2030-12-31");
const changed = (change: Partial<Charter["controls"]>): Charter => ({
  ...charter,
  controls: { ...charter.controls, ...change },
});

describe("what changes between two charters", () => {
  test("is nothing between a charter and itself", () => {
    expect(differences(charter, structuredClone(charter))).toEqual([]);
    expect(isLoosening([])).toBe(false);
  });

  test("names the field, both values and the direction, in the order of the form", () => {
    const next = {
      ...changed({ maxRunMinutes: 10, budgetRunCents: 900 }),
      environment: { ...charter.environment, repeats: 5 },
    };
    expect(differences(charter, next)).toEqual([
      { field: "environment.repeats", before: ["3"], after: ["5"], direction: "tighter" },
      { field: "controls.maxRunMinutes", before: ["30"], after: ["10"], direction: "tighter" },
      { field: "controls.budgetRunCents", before: ["500"], after: ["900"], direction: "looser" },
    ]);
    expect(isLoosening(differences(charter, next))).toBe(true);
  });

  test("of a list is what one has and the other has not", () => {
    const before = changed({ deniedCommands: ["git push", "npm publish"] });
    const after = changed({ deniedCommands: ["npm publish", "git push", "git tag"] });
    expect(differences(before, after)).toEqual([
      { field: "controls.deniedCommands", before: [], after: ["git tag"], direction: "tighter" },
    ]);
  });

  test("of metrics names those that came, went or are aimed at otherwise, in words", () => {
    const metrics = charter.goal.metrics.map((one) =>
      one.kpi === "throughput" ? { ...one, target: 5 } : one,
    );
    const next = { ...charter, goal: { ...charter.goal, metrics: metrics.slice(0, 2) } };
    expect(differences(charter, next)).toEqual([
      {
        field: "goal.metrics",
        before: [
          "Merged patches per week: at least 3 a week, against the first week",
          "Review to merge, median: at most 8 h, against the first week",
        ],
        after: ["Merged patches per week: at least 5 a week, against the first week"],
        direction: "looser",
      },
    ]);
  });

  test("of a list in another order is said without an item", () => {
    const before = changed({ deniedCommands: ["a", "b"] });
    const after = changed({ deniedCommands: ["b", "a"] });
    expect(differences(before, after)).toEqual([
      { field: "controls.deniedCommands", before: [], after: [], direction: "tighter" },
    ]);
  });

  test("of several lines shows those that differ", () => {
    const with2 = { ...charter, goal: { ...charter.goal, statement: "Keep it green.\nAnd fast." } };
    const with3 = { ...charter, goal: { ...charter.goal, statement: "Keep it green.\nAnd small." } };
    expect(differences(with2, with3)).toMatchObject([{ before: ["And fast."], after: ["And small."] }]);
  });

  test.each([
    ["Never:\nmerge\nAlways:\nask", "Never:\nask\nAlways:\nmerge"],
    ["Keep it green.\nAnd fast.", "Keep it green.\nAnd fast.\nKeep it green."],
  ])("of a text whose lines moved is all of it: %j", (before, after) => {
    const stated = (statement: string) => ({ ...charter, goal: { ...charter.goal, statement } });
    expect(differences(stated(before), stated(after))).toMatchObject([
      { before: before.split("\n"), after: after.split("\n") },
    ]);
  });
});
