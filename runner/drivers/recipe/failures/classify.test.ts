import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome, Report } from "#lib/test-reports/report.ts";
import { classify } from "./classify.ts";

const report = (outcomes: Readonly<Record<string, Outcome>>): Report => ({
  cases: Object.entries(outcomes).map(([id, outcome]) => ({ id, outcome, failure: null })),
});
const names = (cases: readonly { id: string }[]) => cases.map(({ id }) => id);

describe("telling flaky from steady", () => {
  test("steady is what fails every time, flaky what fails sometimes", () => {
    const { steady, flaky, passing } = classify([
      report({ a: "failed", b: "failed", c: "passed", d: "passed" }),
      report({ a: "failed", b: "passed", c: "failed", d: "passed" }),
    ]);
    expect(names(steady)).toEqual(["a"]);
    expect(names(flaky)).toEqual(["b", "c"]);
    expect([...passing]).toEqual(["d"]);
  });

  test("a test that is missing once is neither steady nor passing", () => {
    const { steady, flaky, passing } = classify([report({ a: "failed", b: "passed" }), report({})]);
    expect([names(steady), names(flaky), [...passing]]).toEqual([[], ["a"], []]);
  });

  test("a skipped test is none of them", () => {
    const { steady, flaky, passing } = classify([report({ a: "skipped" })]);
    expect([names(steady), names(flaky), [...passing]]).toEqual([[], [], []]);
  });

  test("every test is in one list at most, and one failure more never makes a test better", () => {
    const outcome = fc.constantFrom<Outcome>("passed", "failed", "skipped");
    const reports = fc.array(fc.dictionary(fc.constantFrom("a", "b", "c"), outcome).map(report), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(reports, (all) => {
        const { steady, flaky, passing } = classify(all);
        const listed = [...names(steady), ...names(flaky), ...passing];
        expect(new Set(listed).size).toBe(listed.length);
        const worse = classify([...all, report({ a: "failed" })]);
        expect(worse.passing.has("a")).toBe(false);
        expect([...names(worse.steady), ...names(worse.flaky)]).toContain("a");
      }),
    );
  });
});
