// The table of ADR 0049: what each observation makes of the evidence, and what makes nothing of it. What ends the judgement before
// tests are looked at (incomplete, untrustworthy) stands in rules.test.ts.
import { describe, expect, test } from "vitest";
import type { NewTests } from "../protocol/schema.ts";
import { CHECKED, observe, observeAll, type Seen } from "../testing/observations.ts";
import { heldToCanary } from "./canary-rule.ts";
import { heldToChecks } from "./owed-checks.ts";
import { type Judgement, judge, type Verdict } from "./rules.ts";

const P = ["passed", "passed"] as const;
const F = ["failed", "failed"] as const;
const S = ["skipped", "skipped"] as const;
const PF = ["passed", "failed"] as const;
const [BUG, OLD, NEW] = ["a.js › bug", "a.js › old", "b.js › new"];
const BASE = { [BUG]: F, [OLD]: P };
const MENDED = { [BUG]: P, [OLD]: P };
/** The patch adds a test, in a file of its own. */
const adding = (how: readonly ("passed" | "failed" | "skipped")[], name = NEW): Seen => ({
  ...{ base: BASE, patch: { ...MENDED, [name]: how }, crossed: MENDED },
});

function onBase(results: Parameters<typeof observe>[1]): NewTests {
  const [seen] = observe("base_on_base", results);
  if (!seen) throw new Error("nothing was observed");
  const { tree: _tree, repeat: _repeat, ...rest } = seen;
  return rest;
}

interface Row {
  readonly seen: Seen;
  readonly onBase?: NewTests;
  readonly verdict: Verdict;
  /** In the sentence, or among what it does not prove. */
  readonly says: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  "a failing test of the base passes": {
    ...{ seen: { base: BASE, patch: MENDED }, verdict: "verified", says: "nothing else broke" },
  },
  "a test of the base fails that passed": {
    ...{ seen: { base: BASE, patch: { ...MENDED, [OLD]: F } }, verdict: "regressed", says: "fails with" },
  },
  "a test of the base is skipped that passed": {
    ...{ seen: { base: BASE, patch: MENDED, crossed: { ...MENDED, [OLD]: S } }, verdict: "regressed" },
    says: "no longer runs",
  },
  "no failing test of the base passes": {
    ...{ seen: { base: BASE, patch: BASE }, verdict: "not_repaired", says: "No failing test" },
  },
  "a new test fails with the patch": {
    ...{ seen: adding(F), verdict: "not_repaired", says: "1 test that the patch adds fails with it." },
  },
  "a new file cannot be loaded with the patch": {
    ...{ seen: adding(F, "b.js"), verdict: "not_repaired", says: "that the patch adds fails" },
  },
  "a test that passed on the base fails under a new name": {
    seen: {
      ...{ base: BASE, crossed: MENDED },
      patch: { [BUG]: P, "a.js › old, renamed": F },
    },
    ...{ verdict: "not_repaired", says: "that the patch adds fails" },
  },
  "a test that failed on the base still fails under a new name": {
    seen: {
      base: { ...BASE, "c.js › wrong": F },
      patch: { ...MENDED, "d.js › wrong": F },
      crossed: { ...MENDED, "c.js › wrong": F },
    },
    ...{ verdict: "verified", says: "nothing else broke" },
  },
  "a file of the base loads again, and not all of its tests pass": {
    seen: { base: { "a.js": F, [`z${OLD}`]: P }, patch: { [BUG]: P, [OLD]: F, [`z${OLD}`]: P } },
    ...{ verdict: "verified", says: "nothing else broke" },
  },
  "a new test fails in some runs of the patch": {
    ...{ seen: adding(PF), verdict: "verified" },
    says: "1 new test ends otherwise from run to run of the patch, and proves nothing",
  },
  "a new test passes with the patch and fails on the base": {
    ...{ seen: adding(P), onBase: onBase({ [NEW]: ["failed"] }), verdict: "verified", says: "broke" },
  },
  "a new test passes on the base as well": {
    ...{ seen: adding(P), onBase: onBase({ [NEW]: ["passed"] }), verdict: "verified" },
    says: "1 new test passes on the base as well, which proves nothing of the patch",
  },
  "a new test was not tried on the base": {
    ...{ seen: adding(P), verdict: "verified", says: "1 new test was not tried on the base." },
  },
  "a new test is all there is: it passes, and fails on the base": {
    seen: { base: { [OLD]: P }, patch: { [OLD]: P, [NEW]: P }, crossed: { [OLD]: P } },
    ...{ onBase: onBase({ [NEW]: ["failed"] }), verdict: "not_repaired", says: "No failing test" },
  },
};

const saidBy = ({ sentence, doesNotProve }: Judgement): string => [sentence, ...doesNotProve].join("\n");

test.each(Object.entries(ROWS))("where %s, the verdict is that of the table, and says why", (_, row) => {
  const judgement = judge(observeAll(row.seen), [], [], row.onBase ?? null);
  expect(judgement.verdict).toBe(row.verdict);
  expect(saidBy(judgement)).toContain(row.says);
});

test("new tests that fail with the patch are named, and those it was known of are not", () => {
  expect(judge(observeAll(adding(F)), []).newFailing).toEqual([NEW]);
  expect(judge(observeAll({ base: BASE, patch: MENDED }), []).newFailing).toEqual([]);
});

describe("a runner that reports nothing of what it has to check beside the trees", () => {
  const green = judge(observeAll({ base: BASE, patch: MENDED }), []);
  const red = judge(observeAll({ base: BASE, patch: BASE }), []);

  test.each([
    [1, "Its protocol asks for that"],
    [0, "It speaks version 0 of the protocol, this control plane 1"],
  ])("probe: is not relied on, whatever version it speaks: %i", (protocol, says) => {
    const held = heldToChecks(green, { protocol });
    expect(held.verdict).toBe("untrustworthy");
    expect(held.sentence).toContain(says);
  });

  test("makes nothing better of what is red, and what was reported is judged by the charter's rule", () => {
    expect(heldToChecks(red, { protocol: 1 })).toBe(red);
    const held = heldToChecks(green, { protocol: 1, checks: CHECKED });
    expect(heldToCanary(held, "known", { checks: CHECKED, observations: [] }).verdict).toBe("verified");
  });

  test("owed nothing where the evidence is from before that was kept", () => {
    expect(heldToChecks(green, {})).toBe(green);
  });
});
