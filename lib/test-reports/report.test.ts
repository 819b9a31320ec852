import { describe, expect, test } from "vitest";
import { idsOf, type Outcome, type Report, statesIn } from "./report.ts";

const report = (outcomes: Readonly<Record<string, Outcome>>): Report => ({
  cases: Object.entries(outcomes).map(([id, outcome]) => ({ id, outcome, failure: null })),
});

describe("the state of a test in a report", () => {
  const stateOf = statesIn(
    report({ "a.js › one": "passed", "a.js › two": "skipped", "b.js": "failed", "c.js › x": "failed" }),
  );

  test.each([
    ["a.js › one", "passed"],
    ["a.js › two", "skipped"],
    ["c.js › x", "failed"],
    ["a.js › three", "absent"],
    ["d.js › one", "absent"],
  ])("%s is %s", (id, state) => {
    expect(stateOf(id)).toBe(state);
  });

  test("a test of a file that did not load is unloaded, not absent", () => {
    expect(stateOf("b.js › one")).toBe("unloaded");
  });

  test("a file passed once it loads, whatever its tests say, and is absent when nothing of it is there", () => {
    expect([stateOf("b.js"), stateOf("a.js"), stateOf("c.js"), stateOf("d.js")]).toEqual([
      "failed",
      "passed",
      "passed",
      "absent",
    ]);
  });

  test("ids are listed by outcome in the order of the report", () => {
    expect(idsOf(report({ b: "passed", a: "passed", c: "failed" }), "passed")).toEqual(["b", "a"]);
  });
});
