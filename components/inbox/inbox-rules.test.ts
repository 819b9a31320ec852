import { describe, expect, test } from "vitest";
import { countsOf, pausedOf } from "./inbox-rules.ts";

const gates = { mine: 1, team: 2 };
const runs = [
  { status: "paused", launchedBy: "per_me" },
  { status: "paused", launchedBy: "per_other" },
  { status: "working", launchedBy: "per_me" },
] as const;

describe("the count of the inbox", () => {
  test("is what a person may decide and their own paused runs; the team's is all of it", () => {
    expect(countsOf(gates, { mine: 1, team: 2 })).toEqual({ mine: 2, team: 4 });
    expect(countsOf(gates, { mine: 0, team: 0 })).toEqual(gates);
  });

  test("counts the runs that the list shows", () => {
    expect(pausedOf(runs, "per_me")).toEqual([runs[0]]);
  });
});
