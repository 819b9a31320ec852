import { describe, expect, test } from "vitest";
import { defaultCharter } from "./defaults.ts";
import { type ExitFacts, reasonWithStatements, refusalToComplete } from "./exit-rules.ts";
import type { ExitCriterion } from "./schema/rollback.ts";
import type { Charter } from "./schema.ts";

const base = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");
const having = (exitCriteria: ExitCriterion[], owners: string[] = []): Charter => ({
  ...{ ...base, kpis: { ...base.kpis, owners }, rollback: { ...base.rollback, exitCriteria } },
});
const facts: ExitFacts = { personId: "per_1", launched: 0, open: 0, stated: {} };
const SAID = "Read by two who know it.";

describe("completing a pilot", () => {
  test("takes nothing but a reason where the charter wants nothing", () => {
    expect(refusalToComplete(having([]), { ...facts, launched: 3, open: 2 })).toBeNull();
  });

  test("is for its owners, where it has some, and for the installation", () => {
    const owned = having([], ["per_1", "per_2"]);
    expect(refusalToComplete(owned, facts)).toBeNull();
    expect(refusalToComplete(owned, { ...facts, personId: null })).toBeNull();
    expect(refusalToComplete(owned, { ...facts, personId: "per_3" })?.sentence).toContain("two owners");
  });

  test("takes a statement for each criterion, and says at each which one is missing", () => {
    const strict = having(["independent_review", "targets_met"]);
    expect(Object.keys(refusalToComplete(strict, facts)?.fields ?? {})).toEqual([
      "independent_review",
      "targets_met",
    ]);
    const stated = { independent_review: SAID, targets_met: "Six a week, since the third week." };
    expect(refusalToComplete(strict, { ...facts, stated })).toBeNull();
    expect(reasonWithStatements("Done.", strict, stated)).toBe(
      `Done.\nIndependent review: ${SAID}\nTargets met: Six a week, since the third week.`,
    );
  });

  test("probe: who launched runs states no independent review, and open runs have not ended whatever is stated", () => {
    const review = refusalToComplete(having(["independent_review"]), {
      ...{ ...facts, launched: 1, stated: { independent_review: SAID } },
    });
    expect(review?.sentence).toContain("You launched 1 run of this pilot");
    const open = refusalToComplete(having(["runs_ended"]), {
      ...facts,
      open: 2,
      stated: { runs_ended: SAID },
    });
    expect(open?.fields).toEqual({ runs_ended: ["2 runs of the pilot have not ended."] });
  });
});
