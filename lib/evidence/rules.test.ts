import { describe, expect, test } from "vitest";
import type { Observation } from "../protocol/schema.ts";
import { observeAll as all, BASE, observe, type Results, type Seen } from "../testing/observations.ts";
import { judge, TREES, type TreeName } from "./rules.ts";

const P = ["passed", "passed"] as const;
const F = ["failed", "failed"] as const;
const S = ["skipped", "skipped"] as const;
const PF = ["passed", "failed"] as const;
const REPAIRED: Seen = { base: { bug: F, old: P }, patch: { bug: P, old: P } };

describe("a patch is verified", () => {
  test("when what it claims failed before, passes now, and nothing else broke", () => {
    const judgement = judge(all(REPAIRED), ["bug"]);
    expect(judgement.verdict).toBe("verified");
    expect(judgement.sentence).toBe(
      "1 test failed on the base and passes with the patch, and nothing else broke.",
    );
    expect(judgement.repaired).toEqual(["bug"]);
    expect(judgement.matrix.base_on_base).toEqual({ runs: 2, passed: 1, failed: 1, skipped: 0, flaky: 0 });
    expect(judgement.matrix.patch_on_patch).toEqual({ runs: 2, passed: 2, failed: 0, skipped: 0, flaky: 0 });
  });

  test("also when it claims less than it repairs", () => {
    expect(judge(all(REPAIRED), []).verdict).toBe("verified");
  });

  test("though other tests still fail as before, which is said", () => {
    const judgement = judge(all({ base: { bug: F, other: F }, patch: { bug: P, other: F } }), ["bug"]);
    expect(judgement).toMatchObject({ verdict: "verified", stillFailing: ["other"] });
  });

  test("though a test that was flaky on the base fails, which is said", () => {
    const judgement = judge(all({ base: { bug: F, wild: PF }, patch: { bug: P, wild: F } }), ["bug"]);
    expect(judgement).toMatchObject({ verdict: "verified", flakyOnBase: ["wild"], newlyFailing: [] });
    expect(judgement.doesNotProve.join()).toContain(
      "1 test is flaky on the base already; nothing is concluded from it.",
    );
  });

  test("though it adds tests of its own", () => {
    const judgement = judge(
      all({ ...REPAIRED, patch: { bug: P, old: P, extra: P }, crossed: { bug: P, old: P } }),
      ["bug"],
    );
    expect(judgement).toMatchObject({ verdict: "verified", added: ["extra"] });
  });
});

describe("a file that could not be loaded", () => {
  const base: Results = { "a.js": F, "b.js › old": P };
  test("is repaired once its own tests are there", () => {
    const judgement = judge(all({ base, patch: { "a.js › one": P, "b.js › old": P } }), ["a.js"]);
    expect(judgement).toMatchObject({
      verdict: "verified",
      repaired: ["a.js"],
      removed: [],
      added: ["a.js › one"],
    });
  });

  test("probe: is not repaired by being deleted", () => {
    expect(judge(all({ base, patch: { "b.js › old": P } }), ["a.js"])).toMatchObject({
      verdict: "not_repaired",
      removed: ["a.js"],
    });
  });

  test("probe: is not repaired when it loads in some runs only", () => {
    const patch: Results = {
      "a.js": ["failed", undefined],
      "a.js › one": [undefined, "passed"],
      "b.js › old": P,
    };
    expect(judge(all({ base, patch }), ["a.js"]).verdict).toBe("not_repaired");
  });

  test("takes the tests in it along when a patch breaks it", () => {
    const judgement = judge(all({ base: { "a.js › one": P, bug: F }, patch: { "a.js": F, bug: P } }), [
      "bug",
    ]);
    expect(judgement).toMatchObject({ verdict: "regressed", noLongerRun: ["a.js › one"] });
  });
});

describe("a patch has regressed", () => {
  test.each([
    ["a test fails that passed", { base: { bug: F, old: P }, patch: { bug: P, old: F } }],
    ["a test fails with the base's tests only", { ...REPAIRED, crossed: { bug: P, old: F } }],
    [
      "a test fails with its own tests only",
      { base: { bug: F, old: P }, patch: { bug: P, old: F }, crossed: { bug: P, old: P } },
    ],
  ])("when %s", (_, seen: Seen) => {
    expect(judge(all(seen), ["bug"])).toMatchObject({ verdict: "regressed", newlyFailing: ["old"] });
  });

  test("probe: when a test of the base no longer runs", () => {
    expect(judge(all({ ...REPAIRED, crossed: { bug: P } }), ["bug"])).toMatchObject({
      verdict: "regressed",
      noLongerRun: ["old"],
    });
  });

  test("probe: when a test of the base is skipped", () => {
    expect(judge(all({ ...REPAIRED, crossed: { bug: P, old: S } }), ["bug"])).toMatchObject({
      verdict: "regressed",
      noLongerRun: ["old"],
    });
  });

  test("not by one unlucky run: that is said as unsteady", () => {
    const judgement = judge(all({ base: { bug: F, old: P }, patch: { bug: P, old: PF } }), ["bug"]);
    expect(judgement).toMatchObject({ verdict: "verified", newlyUnsteady: ["old"], newlyFailing: [] });
    expect(judgement.doesNotProve.join()).toContain("flaky, or made so by it");
  });
});

describe("nothing is repaired", () => {
  test.each([
    ["when the claimed test still fails", { base: { bug: F }, patch: { bug: F } }],
    ["when it passes in some runs only", { base: { bug: F }, patch: { bug: PF } }],
    ["when it was flaky on the base", { base: { bug: PF }, patch: { bug: P } }],
    ["when it passed on the base", { base: { bug: P }, patch: { bug: P } }],
    ["probe: when the test is gone", { base: { bug: F, old: P }, patch: { old: P } }],
    ["probe: when the test is skipped", { base: { bug: F }, patch: { bug: S } }],
    [
      "probe: when it passes with the patch's own tests only",
      { base: { bug: F }, patch: { bug: P }, crossed: { bug: F } },
    ],
  ])("%s", (_, seen: Seen) => {
    expect(judge(all(seen), ["bug"])).toMatchObject({
      verdict: "not_repaired",
      notRepaired: ["bug"],
      repaired: [],
    });
  });

  test("probe: a claim of a test that never was", () => {
    expect(judge(all(REPAIRED), ["bug", "invented"])).toMatchObject({
      verdict: "not_repaired",
      notRepaired: ["invented"],
      repaired: ["bug"],
    });
  });

  test("when all was green before", () => {
    expect(judge(all({ base: { old: P }, patch: { old: P } }), [])).toMatchObject({
      verdict: "not_repaired",
    });
  });
});

describe("evidence is incomplete", () => {
  test.each(TREES)("without a run of %s", (tree) => {
    expect(
      judge(
        all(REPAIRED).filter((observation) => observation.tree !== tree),
        ["bug"],
      ).verdict,
    ).toBe("incomplete");
  });

  test("without any run at all", () => {
    expect(judge([], ["bug"])).toMatchObject({
      verdict: "incomplete",
      sentence: "There is no run of the base.",
    });
  });

  test.each(["time", "memory", "cancelled"] as const)("when a run ended by %s", (ended) => {
    const [first, ...rest] = all(REPAIRED) as [Observation, ...Observation[]];
    expect(judge([{ ...first, ended, exit: null }, ...rest], ["bug"]).verdict).toBe("incomplete");
  });

  test("when a tree was run less often than another", () => {
    expect(judge(all(REPAIRED).slice(0, -1), ["bug"])).toMatchObject({
      verdict: "incomplete",
      sentence: "The trees were not run equally often.",
    });
  });

  test("probe: when one lucky repeat is handed in twice", () => {
    const seen = all(REPAIRED).map((observation) => ({
      ...observation,
      repeat: observation.tree === "base_on_patch" ? 1 : observation.repeat,
    }));
    expect(judge(seen, ["bug"]).verdict).toBe("incomplete");
  });

  test("when the base itself cannot be tested", () => {
    const problem = "The test command could not be run (exit 127).";
    const seen = [
      ...observe("base_on_base", {}, { problem }),
      ...observe("patch_on_patch", { bug: ["passed"] }),
      ...observe("base_on_patch", { bug: ["passed"] }),
    ];
    expect(judge(seen, ["bug"])).toMatchObject({
      verdict: "incomplete",
      sentence: `The base itself cannot be tested: ${problem}`,
    });
  });
});

describe("evidence is untrustworthy", () => {
  const changed = (change: Partial<Observation>, tree: TreeName = "patch_on_patch") =>
    judge(
      all(REPAIRED).map((observation) =>
        observation.tree === tree && observation.repeat === 2 ? { ...observation, ...change } : observation,
      ),
      ["bug"],
    );

  test.each([
    [
      "a run of the patch without a usable report",
      { problem: "No report.", passed: [], failed: [], skipped: [] },
    ],
    ["an exit code that contradicts the report", { exit: 1 }],
    ["another command", { argv: ["true"] }],
    ["another commit", { commit: "c".repeat(40) }],
    ["a test with two results", { passed: ["bug", "old", "old"] }],
    ["a test that passed and was skipped at once", { skipped: ["old"] }],
  ])("probe: with %s", (_, change) => {
    expect(changed(change).verdict).toBe("untrustworthy");
  });

  test("probe: when base and patch are one commit", () => {
    expect(
      judge(
        all(REPAIRED).map((observation) => ({ ...observation, commit: BASE })),
        ["bug"],
      ).verdict,
    ).toBe("untrustworthy");
  });
});

describe("what is not proved", () => {
  test("is said in every case, with how often each tree ran", () => {
    expect(judge(all(REPAIRED), ["bug"]).doesNotProve).toEqual([
      "The patched code runs in the same process as the tests that judge it, so it could tell them apart and please them.",
      "What no test covers was not looked at.",
      "Each tree ran 2 times: a test that fails more rarely than that can pass for steady.",
    ]);
  });

  test("one run each cannot tell flaky from steady", () => {
    const once: Seen = { base: { bug: ["failed"] }, patch: { bug: ["passed"] } };
    expect(judge(all(once), ["bug"]).doesNotProve).toContain(
      "Each tree ran once at most: a flaky test cannot be told from a steady one.",
    );
  });

  test("tests that the patch takes out of its own suite are said", () => {
    const judgement = judge(all({ ...REPAIRED, patch: { bug: P }, crossed: { bug: P, old: P } }), ["bug"]);
    expect(judgement.removed).toEqual(["old"]);
    expect(judgement.doesNotProve).toContain("1 test of the base is not in the patch's own suite.");
  });
});

describe("tests planted to fail", () => {
  const carrying = (silent: string[], over: Partial<Observation> = {}) =>
    all(REPAIRED).map((each) =>
      each.tree === "base_on_patch"
        ? { ...each, exit: 1, canary: { files: 2, planted: 8, failed: 8 - silent.length, silent }, ...over }
        : each,
    );

  test("that all failed leave the verdict as it is, and the exit code speaks of them", () => {
    expect(judge(carrying([]), ["bug"]).verdict).toBe("verified");
  });

  test("probe: that were not all reported failed make the evidence untrustworthy, and it says where", () => {
    expect(judge(carrying(["a.test.js"]), ["bug"])).toMatchObject({
      verdict: "untrustworthy",
      sentence:
        "1 of 8 tests planted to fail on the patch with the base's tests was not reported failed, in a.test.js: something keeps tests from failing there. What passes then proves nothing.",
    });
  });

  test("probe: that failed and ended the command in success are not believed", () => {
    expect(judge(carrying([], { exit: 0 }), ["bug"]).verdict).toBe("untrustworthy");
  });
});
