import { describe, expect, test } from "vitest";
import { CHARTER_FIELDS } from "#lib/pilots/form.ts";
import {
  firstWrong,
  nextOf,
  previousOf,
  problemsOf,
  STEPS,
  shownProblems,
  stepOf,
  stepOfField,
  stepView,
  titleOf,
} from "./steps.ts";

const WRONG = { name: ["Too short."], "controls.askMinutes": ["Write a number."] };

describe("the steps of a charter", () => {
  test("every field of the charter is asked in one of the six before the review", () => {
    for (const field of Object.keys(CHARTER_FIELDS)) expect(stepOfField(field)).not.toBe("review");
    expect(stepOfField("timeZone")).toBe("goal");
    expect(stepOfField("never.heard.of")).toBe("review");
  });

  test("an address names a step, and whatever else stands there is the first", () => {
    expect(stepOf("kpis")).toBe("kpis");
    for (const text of [null, undefined, "", "constructor", "KPIS"]) expect(stepOf(text)).toBe("goal");
  });

  test("next and back walk through all of them and stop at the ends", () => {
    const walked = STEPS.map(({ key }) => nextOf(key));
    expect(walked).toEqual([...STEPS.slice(1).map(({ key }) => key), "review"]);
    expect(STEPS.map(({ key }) => previousOf(key))).toEqual([
      "goal",
      ...STEPS.slice(0, -1).map(({ key }) => key),
    ]);
    expect(titleOf("rollback")).toBe("Rollback and exit");
  });

  test("a refusal leads to the first step that has one of its fields", () => {
    expect(firstWrong(WRONG)).toBe("goal");
    expect(firstWrong({ "controls.askMinutes": ["x"] })).toBe("controls");
    expect(firstWrong({})).toBeNull();
    expect(problemsOf(WRONG, "controls")).toEqual({ "controls.askMinutes": ["Write a number."] });
  });

  test("a step nobody looked at is neither done nor wrong", () => {
    const told = { told: WRONG, all: WRONG };
    expect(stepView("goal", told, new Set())).toEqual({ state: "unseen", fact: "not visited" });
    expect(stepView("goal", told, new Set(["goal"]))).toEqual({ state: "wrong", fact: "1 problem" });
    expect(stepView("review", told, new Set(["review"]))).toEqual({ state: "unseen", fact: "" });
    expect(stepView("scope", told, new Set(["scope"]))).toEqual({ state: "done", fact: "done" });
    const untold = { told: {}, all: WRONG };
    expect(stepView("goal", untold, new Set(["goal"]))).toEqual({ state: "unseen", fact: "not done yet" });
  });

  test("what is typed is told where somebody was before, what was refused until it is changed", () => {
    const shown = (left: ("goal" | "controls")[], isUnchanged: boolean, touched: string[] = []) =>
      shownProblems({
        ...{ now: WRONG, refused: { "scope.branch": ["Another one."] } },
        ...{ isUnchanged: () => isUnchanged, left: new Set(left), touched: new Set(touched) },
      });
    expect(shown([], false)).toEqual({});
    expect(shown([], false, ["controls.askMinutes"])).toEqual({ "controls.askMinutes": ["Write a number."] });
    expect(shown(["goal"], false)).toEqual({ name: ["Too short."] });
    expect(shown([], true)).toEqual({ "scope.branch": ["Another one."] });
  });
});
