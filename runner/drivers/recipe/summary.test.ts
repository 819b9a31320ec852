import { describe, expect, test } from "vitest";
import { Summary } from "#lib/protocol/schema.ts";
import type { Commit } from "#runner/harness/git/history.ts";
import type { TestRun } from "#runner/harness/harness.ts";
import { type Account, summarise } from "./summary.ts";

const commit = (digit: string, subject = "Break it"): Commit => ({
  id: digit.repeat(40),
  tree: "0".repeat(40),
  parents: ["0".repeat(40)],
  author: "Ada",
  subject,
});
const cluster = (number: number, ...tests: string[]) => ({ number, signature: `s${number}`, tests });
const failed = (id: string) => ({ id, outcome: "failed" as const, failure: null });
const run = (command: number): TestRun => ({
  ...{
    command,
    exit: 0,
    ended: "itself",
    milliseconds: 1,
    tree: "t",
    reportSha256: null,
    refusal: null,
    problem: null,
  },
  report: { cases: [] },
});
const green: Account = {
  baseRuns: [1, 2, 3],
  classified: { steady: [], flaky: [], passing: new Set() },
  culprits: [],
  givenUp: [],
  combined: null,
};

describe("the summary", () => {
  test("of a repaired and a given-up cause names both and what each rests on", () => {
    const [one, two] = [cluster(1, "a"), cluster(2, "b")];
    const summary = summarise({
      ...green,
      classified: { steady: [failed("a"), failed("b")], flaky: [failed("c")], passing: new Set(["d"]) },
      culprits: [{ cluster: one, commit: commit("1"), age: 3, steps: 2, commands: [5, 6] }],
      givenUp: [{ cluster: two, culprit: commit("2"), reason: "It conflicts.", commands: [9] }],
      combined: {
        accepted: [{ culprit: commit("1"), clusters: [one] }],
        givenUp: [],
        tree: { commit: "b".repeat(40) },
        runs: [run(10), run(11)],
        gone: ["d"],
      },
    });
    expect(Summary.parse(summary)).toEqual(summary);
    expect(summary.claims).toEqual([
      { text: "2 tests failed in every one of 3 runs of the base.", commands: [1, 2, 3] },
      { text: "Flaky: c failed in some of 3 runs of the base and not in others.", commands: [1, 2, 3] },
      { text: "111111111 “Break it” by Ada broke a: passed before it, failed with it.", commands: [5, 6] },
      {
        text: "With 1 revert 1 test that failed on the base passed in every one of 2 runs, and no test that passed on the base failed in all of them.",
        commands: [10, 11],
      },
      { text: "The reverts take 1 test away: d.", commands: [10, 11] },
      { text: "Gave up on b. It conflicts.", commands: [9] },
    ]);
    expect(summary.repaired).toEqual([{ tests: ["a"], culprit: "1".repeat(40), subject: "Break it" }]);
    expect(summary.givenUp).toEqual([{ tests: ["b"], culprit: "2".repeat(40), reason: "It conflicts." }]);
    expect(summary.flaky).toEqual(["c"]);
    expect(summary.text.split("\n")).toEqual([
      "Reverted 111111111 “Break it” by Ada: repairs 1 test.",
      "Gave up on 1 test (b): It conflicts.",
      "Left alone because flaky: c.",
    ]);
  });

  test("of nothing to propose says so", () => {
    const givenUp = [
      { cluster: cluster(1, "a"), culprit: null, reason: "No commit broke it.", commands: [1] },
    ];
    const summary = summarise({
      ...green,
      classified: { steady: [failed("a")], flaky: [], passing: new Set() },
      givenUp,
    });
    expect(summary.text).toBe("No change is proposed.\nGave up on 1 test (a): No commit broke it.");
  });

  test("probe: of thousands of tests, causes and words still fits the contract", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => `${index} ${"x".repeat(900)}`);
    const clusters = Array.from({ length: 300 }, (_, index) => cluster(index + 1, ...many(300)));
    const summary = summarise({
      ...green,
      baseRuns: Array.from({ length: 200 }, (_, index) => index + 1),
      classified: {
        steady: many(5000).map(failed),
        flaky: many(5000).map(failed),
        passing: new Set(many(5000)),
      },
      culprits: clusters.map((each) => ({
        cluster: each,
        commit: commit("1", "😀".repeat(250)),
        age: 1,
        steps: 1,
        commands: [1, 2],
      })),
      givenUp: clusters.map((each) => ({
        cluster: each,
        culprit: null,
        reason: "😀".repeat(5000),
        commands: [1],
      })),
      combined: {
        accepted: clusters.map((each) => ({ culprit: commit("1", "s"), clusters: [each] })),
        givenUp: [],
        tree: { commit: "b".repeat(40) },
        runs: Array.from({ length: 60 }, (_, index) => run(index + 1)),
        gone: many(5000),
      },
    });
    expect(Summary.parse(summary)).toEqual(summary);
    expect(JSON.stringify(summary)).not.toMatch(/\\ud[89a-f][0-9a-f]{2}/);
  });
});
