import { describe, expect, test } from "vitest";
import type { Role } from "#lib/authz/schema.ts";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { expectedOf } from "./expected.ts";
import { foreignLabels, shortMetrics, warningsOf } from "./warnings.ts";

const usual = defaultCharter("rep_0123456789abcdefghjkmn", "main", "2030-12-31");
const having = (controls: Partial<Charter["controls"]>): Charter => ({
  ...usual,
  scope: { ...usual.scope, protectedClasses: [] },
  controls: { ...usual.controls, extraApproverOnFlags: false, ...controls },
});
const holder = (personId: string, ...roles: Role[]) => ({
  personId,
  grants: roles.map((role) => ({ role, pilotId: null })),
});
const [ada, edda, sam] = [
  holder("ada", "engineering_lead"),
  holder("edda", "engineering_lead"),
  holder("sam", "security_lead"),
];
const said = (controls: Partial<Charter["controls"]>, personId: string, ...holders: (typeof ada)[]) =>
  warningsOf(having(controls), { holders, personId, pilotId: null }).map(({ field }) => field);

describe("what is said while a charter is written", () => {
  test("nothing where somebody else could approve what the writer launches", () => {
    expect(said({}, "ada", ada, sam)).toEqual([]);
  });

  test("that nobody would be left, though another launcher would leave somebody", () => {
    const onlyLeads: Partial<Charter["controls"]> = { approverRoles: ["security_lead"] };
    const both = holder("ada", "engineering_lead", "security_lead");
    expect(said(onlyLeads, "ada", both, edda)).toEqual(["controls.approverRoles"]);
    expect(said(onlyLeads, "edda", both, edda)).toEqual([]);
  });

  test("a gate nobody could ever close is said alone", () => {
    const [first] = warningsOf(having({ approverCount: 3 }), {
      ...{ holders: [ada, sam], personId: "ada", pilotId: null },
    });
    expect(first).toMatchObject({ field: "controls.approverCount", isEvery: true });
    expect(said({ approverCount: 3 }, "ada", ada, sam)).toHaveLength(1);
  });

  test("somebody who launches nothing is told nothing of themselves", () => {
    expect(said({ approverRoles: ["security_lead"] }, "rita", edda, sam, holder("rita", "reviewer"))).toEqual(
      [],
    );
  });
});

describe("what a charter could never tell, or never do", () => {
  const shortIn = (values: Record<string, string>) => {
    const typed = {
      "goal.runsPerWeek": "6",
      "kpis.minimumSample": "5",
      "rollback.endsOn": "2030-12-31",
      ...values,
    };
    return shortMetrics(usual, expectedOf(typed, Date.parse("2030-12-03T12:00:00Z")));
  };

  test("metrics that get too few rows by the last day are named", () => {
    expect(shortIn({})).toEqual([]);
    const [warning] = shortIn({ "goal.runsPerWeek": "1" });
    expect(warning).toMatchObject({ field: "goal.metrics", isEvery: false });
    expect(warning?.sentence).toContain("Merged patches per week, Launch to merge, median");
    expect(shortIn({ "rollback.endsOn": "2030-12-05" })).toHaveLength(1);
    expect(shortIn({ "kpis.minimumSample": "30" })).toHaveLength(1);
    expect(shortIn({ "rollback.endsOn": "" })).toHaveLength(1);
    expect(shortMetrics({ ...usual, goal: { ...usual.goal, metrics: [] } }, expectedOf({}, 0))).toEqual([]);
  });

  test("a repository out of bounds is said before the charter is written", () => {
    const charter = {
      ...usual,
      scope: { ...usual.scope, forbiddenLabels: ["pci"], repositoryLabels: ["a"] },
    };
    expect(foreignLabels(charter, ["a"])).toEqual([]);
    expect(foreignLabels(charter, ["pci"]).map(({ field }) => field)).toEqual([
      "scope.forbiddenLabels",
      "scope.repositoryLabels",
    ]);
  });
});
