import { describe, expect, test } from "vitest";
import type { NewTests } from "../protocol/schema.ts";
import { observe, observeAll } from "../testing/observations.ts";
import { judge } from "./rules.ts";

const P = ["passed", "passed"] as const;
const F = ["failed", "failed"] as const;
const BASE = { "a.js › bug": F, "a.js › old": P };
const PATCH = { "a.js › bug": P, "a.js › old": P };

function onBase(results: Parameters<typeof observe>[1], over: Partial<NewTests> = {}): NewTests {
  const [seen] = observe("base_on_base", results, over);
  if (!seen) throw new Error("nothing was observed");
  const { tree: _tree, repeat: _repeat, ...rest } = seen;
  return rest;
}
const judged = (seen: NewTests | null, fresh: readonly string[]) =>
  judge(
    observeAll({
      base: BASE,
      patch: { ...PATCH, ...Object.fromEntries(fresh.map((name) => [name, P])) },
      crossed: PATCH,
    }),
    [],
    [],
    seen,
  );

describe("a new test", () => {
  test("that fails on the base is about what the patch changes", () => {
    const { newTests, doesNotProve } = judged(onBase({ "a.js › new": ["failed"] }), ["a.js › new"]);
    expect(newTests).toEqual({ failing: ["a.js › new"], passing: [], unseen: [], problem: null });
    expect(doesNotProve.join()).not.toContain("new test");
  });

  test("whose file cannot be loaded on the base fails there too", () => {
    const { newTests } = judged(onBase({ "b.js": ["failed"] }), ["b.js › new"]);
    expect(newTests).toMatchObject({ failing: ["b.js › new"] });
  });

  test("probe: that passes on the base proves nothing, and is named", () => {
    const { newTests, doesNotProve, verdict } = judged(
      onBase({ "a.js › new": ["failed"], "a.js › easy": ["passed"] }),
      ["a.js › new", "a.js › easy"],
    );
    expect(newTests).toMatchObject({ failing: ["a.js › new"], passing: ["a.js › easy"] });
    expect(doesNotProve).toContain(
      "1 new test passes on the base as well, which proves nothing of the patch: a.js › easy.",
    );
    expect(verdict).toBe("verified");
  });

  test("that did not run there is said not to be known, with the reason where there is one", () => {
    expect(judged(onBase({ "a.js › old": ["passed"] }), ["a.js › new"]).newTests).toMatchObject({
      unseen: ["a.js › new"],
    });
    const problem = "The test command left no report.";
    expect(judged(onBase({}, { problem }), ["a.js › new"]).doesNotProve.join()).toContain(`(${problem})`);
  });

  test("that nobody tried on the base is said not to be tried", () => {
    expect(judged(null, ["a.js › new"]).doesNotProve).toContain("1 new test was not tried on the base.");
  });
});
