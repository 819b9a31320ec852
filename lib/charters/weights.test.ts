import { describe, expect, test } from "vitest";
import { CHARTER_FIELDS, type CharterField } from "../pilots/form.ts";
import { directionOf } from "./weights.ts";

/** A tighter and a looser value of each field whose values can be weighed. */
const PAIRS: Partial<Record<CharterField, readonly [tight: unknown, loose: unknown]>> = {
  "scope.allowedPaths": [["src/**"], ["src/**", "bin/**"]],
  "scope.protectedPaths": [["ci/**", "lib/**"], ["ci/**"]],
  "environment.repeats": [5, 1],
  "environment.minimumTier": ["strong", "weak"],
  "environment.memoryMb": [512, 1024],
  "environment.diskMb": [64, 128],
  "environment.cpus": [1, 2],
  "environment.processes": [16, 32],
  "environment.setupHosts": [[], ["example.org"]],
  "environment.setupPaths": [["node_modules"], ["node_modules", "vendor"]],
  "environment.setupScripts": ["off", "on"],
  "controls.approverCount": [2, 1],
  "controls.approverRoles": [["security_lead"], ["security_lead", "reviewer"]],
  "controls.approvalHours": [24, 72],
  "controls.maxRunMinutes": [10, 30],
  "controls.maxAttempts": [1, 3],
  "controls.maxConcurrentRuns": [1, 2],
  "controls.extraApproverOnFlags": [true, false],
  "controls.budgetRunCents": [100, 500],
  "controls.budgetDayCents": [100, 500],
  "controls.budgetPilotCents": [100, 500],
  "controls.outboundSecret": ["block", "mask"],
  "controls.outboundCardNumber": ["mask", "allow"],
  "controls.outboundEmail": ["block", "allow"],
  "controls.outboundIban": ["block", "mask"],
  "controls.outboundOwn": ["block", "allow"],
  "controls.ownPatterns": [["Falcon-[0-9]{4}"], []],
  "controls.askMode": ["unlisted", "never"],
  "controls.allowedCommands": [[], ["npm run build"]],
  "controls.deniedCommands": [["git push"], []],
  "controls.askMinutes": [10, 30],
  "controls.driftPause": [50, 0],
  "controls.anchorTurns": [5, 10],
  "controls.anchorMinutes": [10, 0],
  "controls.anchorTokens": [100, 200],
  "kpis.throughputPerWeek": [5, 3],
  "kpis.agentLeadTimeHours": [8, 24],
  "kpis.reviewToMergeHours": [4, 8],
  "kpis.minimumSample": [10, 5],
  "rollback.pauseAfterFailedRuns": [2, 3],
  "rollback.maxRuns": [100, 200],
  "rollback.endsOn": ["2030-11-30", "2030-12-01"],
};

const FIELDS = Object.keys(CHARTER_FIELDS) as CharterField[];

describe("the direction of a change", () => {
  test.each(Object.entries(PAIRS))(
    "of %s is looser one way and tighter the other",
    (field, [tight, loose]) => {
      expect(directionOf(field as CharterField, tight, loose)).toBe("looser");
      expect(directionOf(field as CharterField, loose, tight)).toBe("tighter");
    },
  );

  test("of what cannot be weighed is looser both ways", () => {
    const rest = FIELDS.filter((field) => PAIRS[field] === undefined);
    expect(rest).toEqual([
      ...["goal.statement", "goal.kind", "scope.repositoryId", "scope.branch"],
      ...["environment.testArgv", "environment.reportPath", "environment.harnessPaths"],
      ...["environment.setupArgv", "controls.unattended"],
    ]);
    for (const field of rest) {
      expect(directionOf(field, "a", "b")).toBe("looser");
      expect(directionOf(field, "b", "a")).toBe("looser");
    }
  });

  test("of a list that lost one thing and gained another is looser", () => {
    expect(directionOf("controls.allowedCommands", ["npm test"], ["npm run build"])).toBe("looser");
    expect(directionOf("controls.deniedCommands", ["git push"], ["git tag"])).toBe("looser");
    expect(directionOf("controls.approverRoles", ["reviewer"], ["engineering_lead"])).toBe("looser");
  });
});

describe("paths", () => {
  test.each([
    [["**"], ["src/**"], "tighter"],
    [["src/**"], ["src/lib/**", "src/a.ts"], "tighter"],
    [["src/**"], ["source/**"], "looser"],
    [["src/**"], ["src"], "looser"],
    [["src/*"], ["src/**"], "looser"],
    [["src/**/*.ts"], ["src/a.ts"], "looser"], // it is covered, but not by its spelling
  ])("allowed, %j that become %j: %s", (before, after, direction) => {
    expect(directionOf("scope.allowedPaths", before, after)).toBe(direction);
  });

  test("that protect may be replaced by wider ones", () => {
    expect(directionOf("scope.protectedPaths", ["ci/a", "ci/b"], ["ci/**"])).toBe("tighter");
    expect(directionOf("scope.protectedPaths", ["ci/**"], ["ci/a", "ci/b"])).toBe("looser");
  });
});
