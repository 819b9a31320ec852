import { describe, expect, test } from "vitest";
import { CHARTER_FIELDS, type CharterField } from "../pilots/form.ts";
import { directionOf } from "./weights.ts";

const WIRE = {
  ...{
    measure: "failed_runs",
    bound: ">=",
    threshold: 3,
    of: "value",
    windowHours: 24,
    minimum: 1,
    clears: 3,
  },
  steps: ["pause"],
};

/** A tighter and a looser value of each field whose values can be weighed. */
const PAIRS: Partial<Record<CharterField, readonly [tight: unknown, loose: unknown]>> = {
  "goal.metrics": [[{ kpi: "throughput", target: 5, baseline: null, source: "" }], []],
  "goal.baselineDays": [7, 0],
  "scope.allowedPaths": [["src/**"], ["src/**", "bin/**"]],
  "scope.protectedPaths": [["ci/**", "lib/**"], ["ci/**"]],
  "scope.repositoryLabels": [["team-a"], []],
  "scope.forbiddenLabels": [["pci", "hipaa"], ["pci"]],
  "kpis.cadence": ["daily", "fortnightly"],
  "rollback.onFailedRuns": ["cancel", "pause"],
  "scope.kinds": [["repair"], ["repair", "triage"]],
  "scope.protectedClasses": [["ci"], []],
  "scope.forbiddenPaths": [["ci/**", "lib/**"], ["ci/**"]],
  "scope.licences": [["MIT"], []],
  "scope.maxFiles": [10, 0],
  "scope.maxChangedLines": [100, 200],
  "environment.repeats": [5, 1],
  "environment.setupMinutes": [5, 0],
  "environment.agentMinutes": [5, 10],
  "environment.verifyMinutes": [5, 10],
  "environment.minimumTier": ["strong", "weak"],
  "environment.memoryMb": [512, 1024],
  "environment.diskMb": [64, 128],
  "environment.cpus": [1, 2],
  "environment.processes": [16, 32],
  "environment.setupHosts": [[], ["example.org"]],
  "environment.setupPaths": [["node_modules"], ["node_modules", "vendor"]],
  "environment.setupScripts": ["off", "on"],
  "environment.artefactPaths": [[], ["reports"]],
  "environment.artefactCount": [5, 10],
  "environment.artefactMb": [1, 2],
  "environment.artefactDays": [7, 30],
  "controls.launchers": [["security_lead"], []],
  "controls.breakGlass": [[], ["security_lead"]],
  "controls.agents": [["agt_1"], ["agt_1", "agt_2"]],
  "controls.models": [["a"], []],
  "controls.workDays": [["mon"], ["mon", "tue"]],
  "controls.workFrom": ["09:00", "08:00"],
  "controls.workTo": ["16:00", "17:30"],
  "controls.approvalClock": ["always", "working"],
  "controls.requiredChecks": [["ci/unit"], []],
  "controls.canary": ["always", "known"],
  "controls.gates": [
    [{ gate: "merge", roles: ["security_lead"], needed: 2, denials: 1, hours: 24, clock: "always" }],
    [{ gate: "merge", roles: ["security_lead"], needed: 2, denials: 2, hours: 24, clock: "always" }],
  ],
  "controls.approverCount": [2, 1],
  "controls.approverRoles": [["security_lead"], ["security_lead", "reviewer"]],
  "controls.approvalHours": [24, 72],
  "controls.maxRunMinutes": [10, 30],
  "controls.maxAttempts": [1, 3],
  "controls.maxConcurrentRuns": [1, 2],
  "controls.extraApproverOnFlags": [true, false],
  "controls.stepUp": ["every_gate", "merge"],
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
  "controls.toolRead": ["deny", "ask"],
  "controls.readGuardedPaths": [["secrets/**", "*.pem"], ["*.pem"]],
  "controls.toolWrite": ["deny", "ask"],
  "controls.toolExecute": ["ask", "allow"],
  "controls.toolNetwork": ["deny", "ask"],
  "controls.allowedCommands": [[], ["npm run build"]],
  "controls.deniedCommands": [["git push"], []],
  "controls.askMinutes": [10, 30],
  "controls.driftPause": [50, 0],
  "controls.anchorTurns": [5, 10],
  "controls.anchorMinutes": [10, 0],
  "controls.anchorTokens": [100, 200],
  "kpis.minimumSample": [10, 5],
  "rollback.exitCriteria": [["independent_review"], []],
  "rollback.pauseAfterFailedRuns": [2, 3],
  "rollback.maxRuns": [100, 200],
  "rollback.tripwires": [[WIRE], []],
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
      ...["goal.statement", "goal.problem", "goal.kind", "goal.runsPerWeek"],
      ...["scope.repositoryId", "scope.branch"],
      ...["environment.testArgv", "environment.reportPath", "environment.harnessPaths"],
      ...[
        "environment.setupArgv",
        "controls.protectedApproverRole",
        "controls.unattended",
        "kpis.owners",
        "kpis.deputies",
        "kpis.retentionDays",
      ],
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
    expect(directionOf("controls.agents", ["agt_1"], ["agt_2"])).toBe("looser");
  });
});

describe("success metrics", () => {
  const metric = { kpi: "failed_share", target: 20, baseline: 35, source: "CI of last month" };
  test.each([
    [{ ...metric, target: 10 }, "tighter"],
    [{ ...metric, target: 30 }, "looser"],
    [{ ...metric, baseline: 60 }, "looser"],
    [{ ...metric, source: "said in a meeting" }, "looser"],
    [{ ...metric, kpi: "rejected_share" }, "looser"],
  ])("that become %j: %s", (after, direction) => {
    expect(directionOf("goal.metrics", [metric], [after])).toBe(direction);
  });

  test("of which one is added bind more", () => {
    const other = { kpi: "throughput", target: 3, baseline: null, source: "" };
    expect(directionOf("goal.metrics", [metric], [metric, other])).toBe("tighter");
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
