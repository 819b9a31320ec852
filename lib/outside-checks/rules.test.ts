import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import type { Charter } from "../pilots/schema.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { boundChecks, readJunit, requiredChecks, whyUnchecked, whyUncheckedIn } from "./rules.ts";
import { CheckName, CheckVerdict, ReportCheck, type Reported } from "./schema.ts";

const charter = defaultCharter(`rep_${"1".repeat(22)}`, "main", "2030-12-31");
const asking = (...names: string[]): Charter => ({
  ...charter,
  controls: { ...charter.controls, requiredChecks: names },
});
const said = (source: string, verdict: CheckVerdict = "passed"): Reported => ({
  ...{ source, verdict, commitment: "c".repeat(64), reportedBy: "per_ci" },
});

describe("checks that a merge waits for", () => {
  test("are those of the run's own charter and those of the one in force, each once", () => {
    expect(requiredChecks(asking("b", "a"))).toEqual(["a", "b"]);
    expect(requiredChecks(asking("b", "a"), asking("c", "a"))).toEqual(["a", "b", "c"]);
    expect(requiredChecks(asking("a"), asking())).toEqual(["a"]);
  });

  test.each([
    [[], "“ci” has not been reported"],
    [[said("ci", "failed")], "“ci” failed"],
    [[said("ci", "incomplete")], "“ci” did not end"],
    [[said("cI")], "“ci” has not been reported"],
  ])("hold it up: %j", (reports, sentence) => {
    expect(whyUnchecked(boundChecks(["ci"], reports))).toContain(sentence);
  });

  test("hold nothing up once each passed, nor where none is required, whatever others say", () => {
    expect(whyUnchecked(boundChecks(["ci"], [said("ci"), said("lint", "failed")]))).toBeNull();
    expect(whyUnchecked(boundChecks([], [said("lint", "failed")]))).toBeNull();
  });

  test("are bound with what they said, as is every other one that did not pass; one more that passed is not", () => {
    expect(boundChecks(["ci"], [said("ci"), said("lint", "failed"), said("docs")])).toEqual([
      {
        ...{ source: "ci", required: true, verdict: "passed" },
        ...{ report: "c".repeat(64), reportedBy: "per_ci" },
      },
      {
        ...{ source: "lint", required: false, verdict: "failed" },
        ...{ report: "c".repeat(64), reportedBy: "per_ci" },
      },
    ]);
    expect(boundChecks(["ci"], [])).toEqual([
      { source: "ci", required: true, verdict: "missing", report: null, reportedBy: null },
    ]);
  });

  test("are read from a decision's document; one that cannot be read waits too, and past the gate nothing does", () => {
    const documentOf = (decides: string, outside?: unknown) => JSON.stringify({ decides, outside });
    expect(whyUncheckedIn(documentOf("merge", boundChecks(["ci"], [])))).toContain(
      "“ci” has not been reported",
    );
    expect(whyUncheckedIn(documentOf("break_glass", boundChecks(["ci"], [])))).toBeNull();
    expect(whyUncheckedIn(documentOf("merge"))).toBeNull();
    for (const odd of [
      "",
      "{",
      "null",
      "[]",
      documentOf("merge", [{ source: "ci" }]),
      documentOf("merge", "no"),
    ])
      expect(whyUncheckedIn(odd)).toContain("cannot be read");
  });

  test("probe: nothing is let through unless every required name was said to have passed", () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const names = fc.uniqueArray(name);
    const reports = fc.uniqueArray(
      fc.record({ source: name, verdict: fc.constantFrom(...CheckVerdict.options) }),
      {
        selector: ({ source }) => source,
      },
    );
    fc.assert(
      fc.property(names, reports, (required, all) => {
        const isThrough =
          whyUnchecked(
            boundChecks(
              required,
              all.map((one) => said(one.source, one.verdict)),
            ),
          ) === null;
        expect(isThrough).toBe(
          required.every((each) =>
            all.some(({ source, verdict }) => source === each && verdict === "passed"),
          ),
        );
      }),
    );
  });
});

const suite = (inside: string) => `<testsuites><testsuite name="s">${inside}</testsuite></testsuites>`;
const PASSED = `<testcase name="one" classname="a"/>`;
const FAILED = `<testcase name="two" classname="a"><failure message="no"/></testcase>`;
const SKIPPED = `<testcase name="three" classname="a"><skipped/></testcase>`;
const readAs = (text: string, verdict: CheckVerdict = "failed") => readJunit(text, verdict, sha256Hex);

describe("a report that comes along", () => {
  test("is counted, its failing tests named, and known by its digest", () => {
    const text = suite(PASSED + FAILED + SKIPPED);
    expect(readAs(text)).toEqual({
      ...{ sha256: sha256Hex(Buffer.from(text)), passed: 1, failed: 1, skipped: 1 },
      failing: [expect.stringContaining("two")],
    });
  });

  test.each([
    ["passed", suite(PASSED + FAILED), "names 1 failed tests"],
    ["passed", suite(SKIPPED), "no test of its report did"],
    ["failed", suite(""), "names no test"],
    ["failed", "{}", "not readable JUnit XML"],
    ["failed", "<html>", "not readable JUnit XML"],
  ] as const)("probe: is refused where it says otherwise than %s, or is none", (verdict, text, sentence) => {
    expect(() => readAs(text, verdict)).toThrow(sentence);
  });

  test("probe: entities of its own expand to nothing, and names hold nothing invisible", () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "${"A".repeat(100)}"><!ENTITY b "&a;&a;&a;">]>`;
    const text = suite(`<testcase name="&b;&#x202e;" classname="a"><failure/></testcase>`);
    const outcome = (() => {
      try {
        return readAs(bomb + text).failing.join();
      } catch (error) {
        return String(error);
      }
    })();
    expect(outcome).not.toContain("AAAA");
    expect(outcome).not.toContain("\u202e");
  });

  test("names at most 200 of the tests that failed, and counts them all", () => {
    const many = Array.from({ length: 300 }, (_, at) => `<testcase name="t${at}"><failure/></testcase>`);
    const { failed, failing } = readAs(suite(many.join("")));
    expect([failed, failing.length]).toEqual([300, 200]);
  });
});

describe("what a program sends", () => {
  const good = { commit: "a".repeat(40), source: "ci/unit", verdict: "passed" };

  test.each([
    {},
    { commit: undefined, tree: "b".repeat(40) },
    { url: "https://ci.example/runs/1?tab=tests#a" },
    { runId: "run_1", junit: "<testsuites/>" },
    { source: "GitHub Actions / build (ubuntu-latest, 24)".replace(",", "") },
  ])("is taken: %j", (part) => {
    expect(ReportCheck.safeParse({ ...good, ...part }).success).toBe(true);
  });

  test.each([
    { tree: "b".repeat(40) },
    { commit: undefined },
    { commit: "A".repeat(40) },
    { commit: "a".repeat(64) },
    { source: "" },
    { source: "ci\u202e" },
    { source: "ci " },
    { source: "<b>" },
    { verdict: "success" },
    { url: "http://ci.example" },
    { url: "javascript:alert(1)" },
    { url: "https://user:secret@ci.example/" },
    { url: "https://ci.example/\u202e" },
    { url: "https://ci.example/ x" },
    { junit: "x".repeat(1_000_001) },
    { more: 1 },
  ])("probe: is refused: %j", (part) => {
    expect(ReportCheck.safeParse({ ...good, ...part }).success).toBe(false);
  });

  test("a name is what a charter may ask for", () => {
    expect(CheckName.safeParse(good.source).success).toBe(true);
  });
});
