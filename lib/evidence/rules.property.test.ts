import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { observeAll as all, type Result } from "../testing/observations.ts";
import { judge } from "./rules.ts";

describe("whatever was observed", () => {
  const result = fc.constantFrom<Result | undefined>("passed", "failed", "skipped", undefined);
  const results = (repeats: number) =>
    fc.dictionary(
      fc.constantFrom("a", "b", "c", "d"),
      fc.array(result, { minLength: repeats, maxLength: repeats }),
    );
  const scene = fc.integer({ min: 1, max: 3 }).chain((repeats) =>
    fc.record({
      base: results(repeats),
      patch: results(repeats),
      crossed: results(repeats),
      claimed: fc.subarray(["a", "b", "c", "d"]),
    }),
  );

  test("verified means: every claim repaired, nothing steadily worse", () => {
    fc.assert(
      fc.property(scene, ({ base, patch, crossed, claimed }) => {
        const judgement = judge(all({ base, patch, crossed }), claimed);
        if (judgement.verdict !== "verified") return;
        for (const name of claimed) {
          expect(base[name]?.every((how) => how === "failed")).toBe(true);
          for (const tree of [patch, crossed])
            expect(tree[name]?.every((how) => how === "passed")).toBe(true);
        }
        for (const [name, how] of Object.entries(base)) {
          if (!how.every((each) => each === "passed")) continue;
          for (const tree of [patch, crossed])
            expect(tree[name]?.every((each) => each === "failed") ?? false).toBe(false);
          expect(crossed[name]?.every((each) => each === undefined || each === "skipped") ?? true).toBe(
            false,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("the order of observations does not matter", () => {
    const shuffled = scene.chain((seen) => {
      const observations = all(seen);
      return fc.record({
        claimed: fc.constant(seen.claimed),
        observations: fc.constant(observations),
        mixed: fc.shuffledSubarray(observations, { minLength: observations.length }),
      });
    });
    fc.assert(
      fc.property(shuffled, ({ claimed, observations, mixed }) => {
        expect(judge(mixed, claimed)).toEqual(judge(observations, claimed));
      }),
    );
  });

  test("a test that fails in every run of the patch is never called repaired, and none is both repaired and broken", () => {
    fc.assert(
      fc.property(scene, ({ base, patch, crossed, claimed }) => {
        const { repaired, notRepaired, newlyFailing, noLongerRun, newlyUnsteady } = judge(
          all({ base, patch, crossed }),
          claimed,
        );
        for (const name of repaired) {
          expect([...newlyFailing, ...noLongerRun, ...newlyUnsteady, ...notRepaired]).not.toContain(name);
          expect(patch[name]).not.toContain("failed");
        }
        expect([...repaired, ...notRepaired]).toEqual(expect.arrayContaining(claimed));
      }),
    );
  });

  test("claiming more never makes a verdict better", () => {
    fc.assert(
      fc.property(scene, ({ base, patch, crossed, claimed }) => {
        const observations = all({ base, patch, crossed });
        if (judge(observations, claimed).verdict === "verified")
          expect(judge(observations, []).verdict).toBe("verified");
      }),
    );
  });
});
