import { describe, expect, test } from "vitest";
import type { Outcome } from "#lib/test-reports/report.ts";
import type { Commit } from "#runner/harness/git/history.ts";
import type { TestRun } from "#runner/harness/harness.ts";
import { sift } from "./combine.ts";
import { judgeTrial } from "./trial.ts";

let command = 0;
function run(outcomes: Readonly<Record<string, Outcome>>, problem: string | null = null): TestRun {
  const cases = Object.entries(outcomes).map(([id, outcome]) => ({ id, outcome, failure: null }));
  const rest = {
    exit: 0,
    ended: "itself",
    milliseconds: 1,
    tree: "t",
    reportSha256: null,
    refusal: null,
  } as const;
  return { ...rest, command: ++command, report: problem === null ? { cases } : null, problem };
}
const cluster = (number: number, ...tests: string[]) => ({ number, signature: `s${number}`, tests });
const commit = (subject: string): Commit => ({
  id: "a".repeat(40),
  tree: "b".repeat(40),
  parents: ["c".repeat(40)],
  author: "Ada",
  subject,
});

describe("a trial of reverts", () => {
  test("repairs a cluster whose every test passes in every run", () => {
    const trial = judgeTrial([cluster(1, "a", "b")], new Set(["old"]), [
      run({ a: "passed", b: "passed", old: "passed" }),
      run({ a: "passed", b: "passed", old: "passed" }),
    ]);
    expect(trial).toEqual({ repaired: [cluster(1, "a", "b")], notRepaired: [], broken: [], gone: [] });
  });

  test.each([
    ["still fails", { a: "passed", b: "failed" }],
    ["is skipped", { a: "passed", b: "skipped" }],
    ["is gone", { a: "passed" }],
  ] as const)("does not repair a cluster when a test %s", (_, outcomes) => {
    expect(judgeTrial([cluster(1, "a", "b")], new Set(), [run(outcomes)]).notRepaired).toEqual([
      { cluster: cluster(1, "a", "b"), tests: ["b"] },
    ]);
  });

  test("breaks what passed before and fails in every run, not what fails once", () => {
    const passing = new Set(["old", "wild"]);
    const runs = [run({ old: "failed", wild: "failed" }), run({ old: "failed", wild: "passed" })];
    expect(judgeTrial([], passing, runs).broken).toEqual(["old"]);
  });

  test("takes away what passed before and no longer runs", () => {
    expect(judgeTrial([], new Set(["old", "new"]), [run({ old: "skipped" })]).gone).toEqual(["old", "new"]);
  });
});

describe("reverts together", () => {
  const one = { culprit: commit("One"), clusters: [cluster(1, "a")] };
  const two = { culprit: commit("Two"), clusters: [cluster(2, "b"), cluster(3, "c")] };
  const good = { a: "passed", b: "passed", c: "passed", old: "passed" } as const;
  const passing = new Set(["old"]);

  test("are kept when all holds", () => {
    expect(sift([one, two], [run(good), run(good)], passing)).toEqual({
      kept: [one, two],
      dropped: [],
      gone: [],
    });
  });

  test("lose a cluster that does not pass in every run, and its revert when that was all it repaired", () => {
    const { kept, dropped } = sift(
      [one, two],
      [run(good), run({ ...good, a: "failed", b: "failed" })],
      passing,
    );
    expect(kept).toEqual([{ ...two, clusters: [cluster(3, "c")] }]);
    expect(dropped.map(({ cluster, reason }) => [cluster.number, reason])).toEqual([
      [1, "With aaaaaaaaa “One” reverted a did not pass in every run."],
      [2, "With aaaaaaaaa “Two” reverted b did not pass in every run."],
    ]);
    expect(dropped[0]?.commands).toHaveLength(2);
  });

  test("lose the last one when they break something together", () => {
    const { kept, dropped } = sift([one, two], [run({ ...good, old: "failed" })], passing);
    expect(kept).toEqual([one]);
    expect(dropped.map(({ reason }) => reason)).toEqual(
      Array(2).fill("Reverting aaaaaaaaa “Two” together with the others breaks 1 other test: old."),
    );
  });

  test("lose the last one when the suite cannot be run", () => {
    const { kept, dropped } = sift([one], [run({}, "No report.")], passing);
    expect(kept).toEqual([]);
    expect(dropped[0]?.reason).toBe(
      "Reverting aaaaaaaaa “One” together with the others does not work: No report.",
    );
  });

  test("say which tests they take away", () => {
    expect(sift([one], [run({ a: "passed" })], passing)).toMatchObject({ kept: [one], gone: ["old"] });
  });
});
