import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { observeAll, type Result } from "../testing/observations.ts";
import { type BeforeMerge, judgeRevert } from "./revert-rules.ts";

const BEFORE: BeforeMerge = {
  ...{ evidence: "e".repeat(64), commit: "c".repeat(40) },
  ...{ failing: ["broken"], brought: ["brought"], skipped: 0 },
};
const twice = (result: Result) => [result, result];
const head = { broken: twice("passed"), fine: twice("passed"), brought: twice("passed") };
const reverted = { broken: twice("failed"), fine: twice("passed") };

const verdict = (seen: Parameters<typeof observeAll>[0], before: BeforeMerge | null = BEFORE) =>
  judgeRevert(observeAll(seen), { before });

describe("evidence about a revert", () => {
  test("is green where the tests are as they were before the merge, and says what that means", () => {
    const judged = verdict({
      base: head,
      patch: reverted,
      crossed: { ...reverted, brought: twice("failed") },
    });
    expect(judged.verdict).toBe("verified");
    expect(judged.sentence).toBe(
      "With the revert the tests are as they were before the merge. 1 test that the merge had repaired would fail again, 1 test that it brought would be gone.",
    );
    expect(judged).toMatchObject({
      newlyFailing: [],
      noLongerRun: [],
      asBefore: { failing: ["broken"], gone: ["brought"], skipped: [] },
    });
    expect(judged.doesNotProve).toContain(
      "With the branch's own tests 2 fail: they may have been changed to fit what is undone, and count for nothing here.",
    );
  });

  test.each([
    ["a test that passed before fails", { ...reverted, fine: twice("failed") }, "regressed"],
    ["a test that is new to the branch fails", { ...reverted, other: twice("failed") }, "regressed"],
    ["a test is gone that the merge did not bring", { broken: twice("failed") }, "regressed"],
    ["a test is skipped that was not", { ...reverted, fine: twice("skipped") }, "regressed"],
    ["more passes than before", { ...reverted, broken: twice("passed") }, "verified"],
  ] as const)("where %s it is judged so", (_, patch, wanted) => {
    expect(verdict({ base: head, patch }).verdict).toBe(wanted);
  });

  test("takes as many skipped tests as there were for those that were", () => {
    const patch = { ...reverted, fine: twice("skipped") };
    expect(verdict({ base: head, patch }, { ...BEFORE, skipped: 1 })).toMatchObject({
      verdict: "verified",
      asBefore: { skipped: ["fine"] },
    });
  });

  test("holds a test against it that fails on the branch as little as one that is flaky there", () => {
    const base = { ...head, red: twice("failed"), flaky: ["passed", "failed"] as Result[] };
    const patch = { ...reverted, red: twice("failed"), flaky: twice("failed") };
    expect(verdict({ base, patch }).verdict).toBe("verified");
  });

  test("of a merge without evidence lets nothing fail that passes on the branch, and says what is not known", () => {
    expect(verdict({ base: head, patch: reverted }, null).verdict).toBe("regressed");
    const judged = verdict({ base: head, patch: head }, null);
    expect(judged).toMatchObject({
      verdict: "verified",
      sentence: expect.stringContaining("what the tests were before it is not known"),
    });
  });

  test("is as little to be relied on as one where a run was cut, or a canary was silent", () => {
    const observations = observeAll({ base: head, patch: reverted });
    const [first, ...others] = observations;
    if (!first) throw new Error("none");
    expect(judgeRevert(others, { before: BEFORE }).verdict).toBe("incomplete");
    const silent = { ...first, canary: { planted: 1, failed: 0, silent: ["a.test.js"] } };
    expect(judgeRevert([silent as typeof first, ...others], { before: BEFORE }).verdict).toBe(
      "untrustworthy",
    );
  });

  test("is green only where every failure was there before or is on the branch, whatever the tests do", () => {
    const names = fc.constantFrom<string>("a", "b", "c", "d", "e");
    const results = fc.dictionary(names, fc.constantFrom<Result>("passed", "failed", "skipped"), {
      minKeys: 1,
    });
    const often = (one: Record<string, Result>) =>
      Object.fromEntries(Object.entries(one).map(([name, result]) => [name, twice(result)]));
    fc.assert(
      fc.property(
        results,
        results,
        fc.uniqueArray(names),
        fc.uniqueArray(names),
        (base, patch, failing, brought) => {
          const before = { ...BEFORE, failing, brought };
          const judged = verdict({ base: often(base), patch: often(patch) }, before);
          const isNews = Object.entries(patch).some(
            ([test, how]) => how === "failed" && !failing.includes(test) && base[test] !== "failed",
          );
          const isLost = Object.entries(base).some(
            ([test, how]) => how === "passed" && patch[test] === undefined && !brought.includes(test),
          );
          if (isNews || isLost) expect(judged.verdict).toBe("regressed");
          if (judged.verdict === "verified") expect(judged.newlyFailing).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
