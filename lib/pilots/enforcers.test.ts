import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { analysisFlags } from "#worker/git/policy/analysis-flags.ts";
import { judgePatch } from "#worker/git/policy/judge-patch.ts";
import { sizeFlags } from "#worker/git/policy/patch-size.ts";
import { artefactPlanOf, deletedBefore } from "../artefacts/rules.ts";
import { askDeadlines, askPolicyOf, judgeAsk, judgeCommand } from "../asks/rules.ts";
import { glassRoles } from "../break-glass/rules.ts";
import { pauseAt } from "../drift/rules.ts";
import { stricterCanary } from "../evidence/canary-rule.ts";
import { wantsPasskey } from "../gates/step-up-rules.ts";
import { readingOf } from "../kpis/reading-rules.ts";
import { reviewDays } from "../kpis/review-days.ts";
import { metricReports, paceOf } from "../kpis/success.ts";
import { mayRetry, mayTake, secondsLeft } from "../leases/rules.ts";
import { mergeRule } from "../merges/rules.ts";
import { budgetsOf, isModelAllowed, outboundOf } from "../model-calls/rules.ts";
import { boundChecks, requiredChecks, whyUnchecked } from "../outside-checks/rules.ts";
import { isPlanned } from "../protocol/artefacts.ts";
import { keptDays } from "../retention/by-charter.ts";
import { refusalToLaunch } from "../runs/rules.ts";
import { ruleFor } from "../setup/rules.ts";
import { factsOf } from "../testing/git/tree-facts.ts";
import { defaultCharter } from "./defaults.ts";
import { ENFORCERS } from "./enforcers.ts";
import { refusalToComplete } from "./exit-rules.ts";
import { CHARTER_FIELDS, type CharterField, charterValues, parseCharterForm } from "./form.ts";
import { anchoringOf, approvalDeadline, baselineEnd, limitsOf, setupPlanOf, testPlanOf } from "./rules.ts";
import type { Charter } from "./schema.ts";
import { isTripped } from "./tripwires.ts";

const ROOT = join(import.meta.dirname, "../..");
const FIELDS = Object.keys(CHARTER_FIELDS) as CharterField[];
const start = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");
const setup = { setupArgv: ["npm", "ci"], setupHosts: ["a.example.org"], setupPaths: ["node_modules"] };
const charter: Charter = {
  ...start,
  environment: { ...start.environment, ...setup },
  controls: { ...start.controls, workDays: ["sat"], readGuardedPaths: ["key.pem"] },
};

const declining = (each: Charter): Charter => ({
  ...each,
  controls: { ...each.controls, toolRead: "deny" },
});

/** The default charter as it is after somebody changed this field in the form. */
function changed(field: CharterField, text: string | string[]): Charter {
  const result = parseCharterForm({ ...charterValues(charter), [field]: text });
  if (!result.ok) throw new Error(JSON.stringify(result.fields));
  return result.value;
}

describe("every field of the charter", () => {
  test("has an enforcer, and nothing else has", () => {
    expect(Object.keys(ENFORCERS).sort()).toEqual([...FIELDS].sort());
  });

  test.each(FIELDS)("%s: the code that enforces it is there and reads it", async (field) => {
    const { module, name, reads = field.split(".")[1] ?? "" } = ENFORCERS[field];
    const exported: Record<string, unknown> = await import(pathToFileURL(join(ROOT, module)).href);
    expect(exported[name], `${module} exports ${name}`).toBeTypeOf("function");
    const source = await readFile(join(ROOT, module), "utf8");
    expect(source.includes(reads), `${module} reads ${reads}`).toBe(true);
  });

  test.each(FIELDS)("%s: the sentence for the form is one", (field) => {
    expect(ENFORCERS[field].effect).toMatch(/^[A-Z].{10,110}\.$/);
  });
});

describe("changing a field changes what happens", () => {
  const facts = {
    ...{
      pilotStatus: "active",
      baselineUntil: null,
      stopReason: null,
      kinds: ["repair" as const],
      runsSoFar: 10,
      repositoryState: "ready",
    },
    ...{
      repositoryProblem: null,
      headCommit: "a".repeat(40),
      labels: ["pci"],
      repositoryBranch: "main",
      now: Date.parse("2030-06-01T12:00:00Z"),
    },
    ...{ timeZone: "UTC", kind: null, roles: ["engineering_lead"] },
    agent: { id: `agt_${"1".repeat(22)}`, name: "Fixer", model: "gpt-5" },
  };
  const flagged = [
    { rule: "protected_path", severity: "extra_approver", path: "x", sentence: "x" },
  ] as unknown as Parameters<typeof mergeRule>[1];
  const offer = { phase: "agent", tier: "weak", held: 1 } as const;
  const HOUR = 3_600_000;
  const WEEKS = 8 * 7 * 24 * HOUR;
  const sums = {
    ...{ rows: 8, hits: 0, maturing: 0, provisional: 0, censored: 0, total: 40, mean: 5, deviation: 0 },
    ...{ median: 5, p90: 5, values: Array.from({ length: 8 }, () => 5), lasting: [], low: 5, high: 5 },
  };
  const throughput = readingOf("throughput", sums, WEEKS, 5);

  const onCi = [{ rule: "ci_config", severity: "extra_approver" as const, path: "x", sentence: "x" }];
  const handingIn = (each: Charter): Charter => ({
    ...each,
    environment: { ...each.environment, artefactPaths: ["reports"] },
  });
  const withoutExtra = (each: Charter): Charter => ({
    ...each,
    controls: { ...each.controls, extraApproverOnFlags: false },
  });
  const completed = (each: Charter) =>
    refusalToComplete(each, { personId: "per_1", launched: 0, open: 0, stated: {} });
  const launched = (each: Charter) => refusalToLaunch({ ...facts, charter: each });
  const triage = { ...facts, kind: "triage" as const, kinds: ["triage" as const] };
  const patch = factsOf({}, { "docs/a.md": "1" });
  const twoLines = { added: 1, removed: 1 } as unknown as (typeof patch.files)[number];
  const judged = ({ scope, environment }: Charter) =>
    judgePatch(patch, { ...scope, harnessPaths: environment.harnessPaths }).flags;

  const viral = {
    ...({
      path: "package-lock.json",
      ecosystem: "npm",
      name: "viral",
      change: "added",
      before: null,
    } as const),
    ...{ after: "1.0.0", licence: "AGPL-3.0-only", isDirect: true, hasInstallScript: false },
  };

  const CASES: [CharterField, string | string[], (charter: Charter) => unknown][] = [
    ["goal.kind", "triage", launched],
    ["scope.branch", "dev", launched],
    ["scope.repositoryLabels", "team-a", launched],
    ["scope.forbiddenLabels", "pci", launched],
    [
      "kpis.cadence",
      "daily",
      ({ kpis, rollback }) =>
        reviewDays({
          ...{ cadence: kpis.cadence, endsOn: rollback.endsOn },
          ...{ activatedOn: "2030-06-01", today: "2030-06-03" },
        }),
    ],
    ["scope.kinds", ["repair", "triage"], (each) => refusalToLaunch({ ...triage, charter: each })],
    ["scope.maxFiles", "1", (each) => sizeFlags(factsOf({}, { a: "1", b: "1" }), each.scope)],
    ["scope.maxChangedLines", "1", (each) => sizeFlags({ ...patch, files: [twoLines] }, each.scope)],
    ["scope.allowedPaths", "src/**", judged],
    ["scope.protectedPaths", "docs/**", judged],
    ["scope.forbiddenPaths", "docs/**", judged],
    [
      "scope.licences",
      "MIT",
      ({ scope }) => analysisFlags({ tests: [], notes: [], packages: [viral] }, [], scope.licences),
    ],
    ["kpis.owners", [`per_${"1".repeat(22)}`, `per_${"2".repeat(22)}`], completed],
    ["kpis.retentionDays", "90", (each) => keptDays(each, null)],
    ["rollback.exitCriteria", ["independent_review"], completed],
    ["scope.protectedClasses", [], (each) => mergeRule(withoutExtra(each), onCi, [])],
    ["controls.requiredChecks", "ci/unit", (each) => whyUnchecked(boundChecks(requiredChecks(each), []))],
    ["controls.canary", "never", (each) => stricterCanary(each)],
    ["controls.protectedApproverRole", "security_lead", (each) => mergeRule(each, onCi, [])],
    ["environment.setupMinutes", "5", setupPlanOf],
    ["environment.agentMinutes", "5", (each) => secondsLeft(each, 0)],
    ["environment.verifyMinutes", "5", (each) => limitsOf(each, "verify")],
    ["controls.toolRead", "deny", (each) => judgeCommand(askPolicyOf(each), [], ["cat", "key.pem"])],
    [
      "controls.readGuardedPaths",
      "other.pem",
      (each) => judgeCommand(askPolicyOf(declining(each)), [], ["cat", "key.pem"]),
    ],
    ["controls.toolWrite", "deny", (each) => judgeAsk(askPolicyOf(each), [], { what: "change", text: "x" })],
    ["controls.toolExecute", "ask", (each) => judgeCommand(askPolicyOf(each), [], ["npm", "publish"])],
    [
      "controls.toolNetwork",
      "deny",
      (each) => judgeAsk({ ...askPolicyOf(each), mode: "unlisted" }, [], { what: "network", text: "x" }),
    ],
    ["controls.breakGlass", ["security_lead"], (each) => glassRoles(each, each)],
    ["controls.launchers", ["security_lead"], launched],
    ["controls.agents", [`agt_${"2".repeat(22)}`], launched],
    ["controls.models", "claude-sonnet-4-5", (each) => isModelAllowed(each.controls.models, "gpt-5")],
    ["controls.workDays", ["mon"], launched],
    ["controls.workFrom", "13:00", launched],
    ["controls.workTo", "11:00", launched],
    ["rollback.maxRuns", "10", launched],
    ["rollback.endsOn", "2030-05-31", launched],
    [
      "rollback.pauseAfterFailedRuns",
      "2",
      (each) => isTripped(["failed", "failed", "merged"], each.rollback.pauseAfterFailedRuns),
    ],
    ["environment.testArgv", "npm test", testPlanOf],
    ["environment.reportPath", "other.xml", testPlanOf],
    ["environment.harnessPaths", "spec/**", testPlanOf],
    ["environment.repeats", "7", testPlanOf],
    ["environment.memoryMb", "4096", limitsOf],
    ["environment.diskMb", "512", limitsOf],
    ["environment.cpus", "1", limitsOf],
    ["environment.processes", "64", limitsOf],
    ["environment.setupArgv", "npm install", setupPlanOf],
    [
      "environment.setupHosts",
      "b.example.org",
      (each) => ruleFor(each.environment.setupHosts, "b.example.org", 443),
    ],
    ["environment.setupPaths", "vendor", setupPlanOf],
    ["environment.setupScripts", "on", setupPlanOf],
    [
      "environment.artefactPaths",
      "reports",
      (each) => isPlanned({ paths: each.environment.artefactPaths }, "reports/a.txt"),
    ],
    ["environment.artefactCount", "5", (each) => artefactPlanOf(handingIn(each))],
    ["environment.artefactMb", "2", (each) => artefactPlanOf(handingIn(each))],
    ["environment.artefactDays", "7", (each) => deletedBefore(each, 0)],
    ["controls.maxRunMinutes", "5", limitsOf],
    ["environment.minimumTier", "strong", (each) => mayTake({ ...offer, charter: each })],
    ["controls.maxConcurrentRuns", "1", (each) => mayTake({ ...offer, charter: each })],
    ["controls.maxAttempts", "2", (each) => mayRetry(each, 2)],
    ["controls.approvalHours", "1", (each) => approvalDeadline(each, "UTC", facts.now)],
    ["controls.approvalClock", "working", (each) => approvalDeadline(each, "UTC", facts.now)],
    ["controls.approverCount", "3", (each) => mergeRule(each, [], [])],
    ["controls.approverRoles", ["reviewer"], (each) => mergeRule(each, [], [])],
    ["controls.stepUp", "merge", (each) => wantsPasskey(each, "merge")],
    ["controls.extraApproverOnFlags", "", (each) => mergeRule(each, flagged, [])],
    ["controls.budgetRunCents", "1", budgetsOf],
    ["controls.budgetDayCents", "600", budgetsOf],
    ["controls.budgetPilotCents", "6000", budgetsOf],
    ["controls.outboundSecret", "mask", outboundOf],
    ["controls.outboundCardNumber", "mask", outboundOf],
    ["controls.outboundEmail", "mask", outboundOf],
    ["controls.outboundIban", "mask", outboundOf],
    ["controls.outboundOwn", "mask", outboundOf],
    ["controls.ownPatterns", "Project-Falcon", outboundOf],
    ["controls.askMode", "unlisted", (each) => judgeCommand(askPolicyOf(each), [], ["npm", "publish"])],
    [
      "controls.allowedCommands",
      "npm *",
      (each) => judgeCommand({ ...askPolicyOf(each), mode: "unlisted" }, [], ["npm", "publish"]),
    ],
    ["controls.deniedCommands", "npm", (each) => judgeCommand(askPolicyOf(each), [], ["npm", "publish"])],
    ["controls.unattended", "park", (each) => askDeadlines(each, "UTC", 0)],
    ["controls.askMinutes", "5", (each) => askDeadlines(each, "UTC", 0)],
    ["controls.driftPause", "20", pauseAt],
    ["controls.anchorTurns", "3", anchoringOf],
    ["controls.anchorMinutes", "45", anchoringOf],
    ["controls.anchorTokens", "0", anchoringOf],
    [
      "goal.metrics",
      ["throughput", "2", "1", "counted by hand"],
      ({ goal }) =>
        metricReports(
          goal.metrics,
          new Map([["throughput", { now: throughput, before: null, isWithoutAgents: false }]]),
        ),
    ],
    ["goal.baselineDays", "7", (each) => baselineEnd(each, 0)],
    ["goal.runsPerWeek", "9", ({ goal }) => paceOf(8, goal.runsPerWeek, WEEKS)],
    [
      "kpis.minimumSample",
      "9",
      ({ kpis }) => readingOf("agent_lead_time", sums, WEEKS, kpis.minimumSample).value,
    ],
  ];

  test.each(CASES)("%s = %j", (field, text, enforce) => {
    expect(enforce(changed(field, text))).not.toEqual(enforce(charter));
  });
});
