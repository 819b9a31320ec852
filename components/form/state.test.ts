import { describe, expect, test } from "vitest";
import { errorsOf, problemsIn } from "./state.ts";

const FIELDS = {
  "controls.approvals": ["At least 1."],
  "controls.minutes": ["Too long."],
  goal: ["Say what for."],
};

describe("errors of a form", () => {
  test("a field gets its own sentences and nobody else's", () => {
    expect(errorsOf(FIELDS, "controls.approvals")).toEqual(["At least 1."]);
    expect(errorsOf(FIELDS, "approvals")).toEqual([]);
    expect(errorsOf(undefined, "goal")).toEqual([]);
  });

  test("probe: a field named like a method of every object has no error", () => {
    expect(errorsOf(FIELDS, "toString")).toEqual([]);
  });

  test("a part counts what is wrong inside it", () => {
    expect(problemsIn(FIELDS, "controls")).toBe(2);
    expect(problemsIn(FIELDS, "goal")).toBe(1);
    expect(problemsIn(FIELDS, "control")).toBe(0);
    expect(problemsIn(undefined, "goal")).toBe(0);
  });
});
