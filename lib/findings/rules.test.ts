import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ruleOf } from "./catalog.ts";
import {
  type DismissFacts,
  hasGraveFinding,
  holds,
  isAtPath,
  mayAnswer,
  mayBecome,
  nextStates,
  refusalToDismiss,
  type SuppressionFacts,
  subjectDigest,
  together,
} from "./rules.ts";
import { FindingState, Severity, type Sighting } from "./schema.ts";

const rule = ruleOf("tunnel", { source: "conduct", severity: "high" });
const sighting = (subject: string, times?: number): Sighting => ({
  ...{ rule, subject, at: 0, evidence: { text: subject, path: null, line: null } },
  ...(times === undefined ? {} : { times }),
});

const suppression = (more: Partial<SuppressionFacts> = {}): SuppressionFacts => ({
  ...{
    scope: "pilot",
    rule: "tunnel",
    runId: "run_1",
    pilotId: "pil_1",
    repositoryId: "rep_1",
    path: "docs",
  },
  ...{ expiresAt: new Date(1000), endedAt: null, ...more },
});
const finding = (more: object = {}) => ({
  ...{ rule: "tunnel", runId: "run_1", pilotId: "pil_1", repositoryId: "rep_1", path: "docs/a.md" },
  ...more,
});

describe("a finding's state", () => {
  test("goes the ways of the table and no other", () => {
    const ways = FindingState.options.flatMap((from) => nextStates(from).map((to) => `${from} → ${to}`));
    expect(ways.sort()).toEqual([
      "dismissed → open",
      "mitigated → open",
      "open → dismissed",
      "open → validated",
      "validated → mitigated",
      "validated → open",
    ]);
    for (const state of FindingState.options) expect(mayBecome(state, state)).toBe(false);
  });

  test("asks for one approver more while it is grave and nobody has dealt with it", () => {
    for (const severity of Severity.options)
      for (const state of FindingState.options) {
        const counts = ["high", "critical"].includes(severity) && ["open", "validated"].includes(state);
        expect(hasGraveFinding([{ finding: "fnd_1", rule: "x", severity, state }])).toBe(counts);
      }
  });
});

describe("the same rule and subject", () => {
  test("are one, with how many there were, whatever their order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 9 }))),
        (seen) => {
          const one = together(seen.map(([subject, times]) => sighting(subject, times)));
          expect(new Set(one.map(({ subject }) => subject)).size).toBe(one.length);
          const sum = (list: readonly { times?: number }[]) =>
            list.reduce((all, { times = 1 }) => all + times, 0);
          expect(sum(one)).toBe(seen.reduce((all, [, times]) => all + times, 0));
        },
      ),
    );
    expect(together([sighting("a"), sighting("a")])).toMatchObject([{ times: 2 }]);
  });

  test("are known by a digest of one length", () => {
    expect(subjectDigest("").length).toBe(32);
    expect(subjectDigest("a").equals(subjectDigest("b"))).toBe(false);
  });
});

describe("what is dismissed", () => {
  test.each([
    ["its run", { scope: "run" }, {}, true],
    ["another run", { scope: "run" }, { runId: "run_2" }, false],
    ["its pilot, in another run", { scope: "pilot" }, { runId: "run_2" }, true],
    ["another pilot", { scope: "pilot" }, { pilotId: "pil_2" }, false],
    ["below its path", { scope: "path" }, {}, true],
    ["beside its path", { scope: "path" }, { path: "docs-2/a.md" }, false],
    ["its path in another repository", { scope: "path" }, { repositoryId: "rep_2" }, false],
    ["no path", { scope: "path" }, { path: null }, false],
    ["another rule", {}, { rule: "other" }, false],
    ["what was dismissed alone", { scope: "finding" }, {}, false],
    ["what comes after it ended", { endedAt: new Date(1) }, {}, false],
    ["what is of no run, by a run of none", { scope: "run", runId: null }, { runId: null }, false],
  ] as const)("holds, or not: %s", (_, by, of, held) => {
    expect(holds(suppression(by), finding(of), 999)).toBe(held);
  });

  test("holds until its time is over", () => {
    expect([999, 1000, 1001].map((now) => holds(suppression(), finding(), now))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("at a path is that path and what is below, with or without a slash", () => {
    expect(["docs", "docs/", "docs//"].map((place) => isAtPath("docs/a.md", place))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["doc", "docs/a", "", "/"].map((place) => isAtPath("docs/a.md", place))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  const facts = (more: Partial<DismissFacts> = {}): DismissFacts => ({
    ...{ state: "open", severity: "high", runId: "run_1", pilotId: "pil_1", repositoryId: "rep_1" },
    ...{ path: "docs/a.md", launchedBy: "per_1", steeredBy: ["per_3"], ...more },
  });
  const wanted = { scope: "finding", path: "", personId: "per_2" } as const;

  test.each([
    ["not open", { state: "validated" }, {}, /only an open one/],
    ["grave, by who launched the run", {}, { personId: "per_1" }, /Somebody else/],
    ["grave, by who wrote to its agent", {}, { personId: "per_3" }, /You steered/],
    ["of no run, for a run", { runId: null }, { scope: "run" }, /No run/],
    ["of no pilot, for a pilot", { pilotId: null }, { scope: "pilot" }, /No pilot/],
    ["about no path, for a path", { path: null }, { scope: "path", path: "docs" }, /not about a path/],
    ["for a path it is not at", {}, { scope: "path", path: "src" }, /not where/],
  ] as const)("probe: %s is refused", (_, of, by, sentence) => {
    expect(refusalToDismiss(facts(of), { ...wanted, ...by })).toMatch(sentence);
  });

  test("is not refused otherwise", () => {
    expect(refusalToDismiss(facts(), wanted)).toBeNull();
    expect(refusalToDismiss(facts({ severity: "medium" }), { ...wanted, personId: "per_1" })).toBeNull();
    expect(refusalToDismiss(facts(), { ...wanted, scope: "path", path: "docs/" })).toBeNull();
  });

  test("is answered for by somebody who may decide there", () => {
    const lead = { role: "security_lead", pilotId: "pil_1" } as const;
    expect([mayAnswer([lead], "pil_1"), mayAnswer([lead], "pil_2"), mayAnswer([lead], null)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(mayAnswer([{ role: "security_lead", pilotId: null }], null)).toBe(true);
    expect(mayAnswer([{ role: "reviewer", pilotId: null }], "pil_1")).toBe(false);
  });
});
