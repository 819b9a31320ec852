import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { askDeadlines, askPolicyOf, judgeCommand } from "../asks/rules.ts";
import { pauseAt } from "../drift/rules.ts";
import { duration, throughput } from "../kpis/rules.ts";
import { mayRetry, mayTake } from "../leases/rules.ts";
import { mergeRule } from "../merges/rules.ts";
import { budgetsOf, outboundOf } from "../model-calls/rules.ts";
import { refusalToLaunch } from "../runs/rules.ts";
import { ruleFor } from "../setup/rules.ts";
import { defaultCharter } from "./defaults.ts";
import { ENFORCERS } from "./enforcers.ts";
import { CHARTER_FIELDS, type CharterField, charterValues, parseCharterForm } from "./form.ts";
import { anchoringOf, limitsOf, setupPlanOf, testPlanOf } from "./rules.ts";
import type { Charter } from "./schema.ts";
import { isTripped } from "./tripwires.ts";

const ROOT = join(import.meta.dirname, "../..");
const FIELDS = Object.keys(CHARTER_FIELDS) as CharterField[];
const start = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");
const setup = { setupArgv: ["npm", "ci"], setupHosts: ["a.example.org"], setupPaths: ["node_modules"] };
const charter: Charter = { ...start, environment: { ...start.environment, ...setup } };

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
      stopReason: null,
      kinds: ["repair" as const],
      runsSoFar: 10,
      repositoryState: "ready",
    },
    ...{ repositoryProblem: null, headCommit: "a".repeat(40), repositoryBranch: "main", today: "2030-06-01" },
  };
  const flagged = [
    { rule: "protected_path", severity: "extra_approver", path: "x", sentence: "x" },
  ] as unknown as Parameters<typeof mergeRule>[1];
  const offer = { phase: "agent", tier: "weak", held: 1 } as const;
  const merged = Array.from({ length: 8 }, (_, index) => ({
    ...{
      runId: `run_${index}`,
      title: "",
      agentId: "",
      agentName: "",
      outcome: "merged" as const,
      attempts: 1,
    },
    ...{
      launchedAt: new Date(0),
      reviewOpenedAt: new Date(0),
      mergedAt: new Date(0),
      endedAt: new Date(0),
      provisional: false,
    },
    ...{ leadTime: 5 * 3_600_000, reviewToMerge: 5 * 3_600_000 },
  }));
  const HOUR = 3_600_000;
  const WEEKS = { milliseconds: 8 * 7 * 24 * HOUR, now: 0 };

  const CASES: [CharterField, string | string[], (charter: Charter) => unknown][] = [
    ["goal.kind", "triage", (each) => refusalToLaunch({ ...facts, charter: each })],
    ["scope.branch", "dev", (each) => refusalToLaunch({ ...facts, charter: each })],
    ["rollback.maxRuns", "10", (each) => refusalToLaunch({ ...facts, charter: each })],
    ["rollback.endsOn", "2030-05-31", (each) => refusalToLaunch({ ...facts, charter: each })],
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
    ["controls.maxRunMinutes", "5", limitsOf],
    ["environment.minimumTier", "strong", (each) => mayTake({ ...offer, charter: each })],
    ["controls.maxConcurrentRuns", "1", (each) => mayTake({ ...offer, charter: each })],
    ["controls.maxAttempts", "2", (each) => mayRetry(each, 2)],
    ["controls.approverCount", "3", (each) => mergeRule(each, [], [])],
    ["controls.approverRoles", ["reviewer"], (each) => mergeRule(each, [], [])],
    ["controls.extraApproverOnFlags", "", (each) => mergeRule(each, flagged, [])],
    ["controls.budgetRunCents", "1", budgetsOf],
    ["controls.budgetDayCents", "1", budgetsOf],
    ["controls.budgetPilotCents", "1", budgetsOf],
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
    ["controls.unattended", "park", (each) => askDeadlines(each, 0)],
    ["controls.askMinutes", "5", (each) => askDeadlines(each, 0)],
    ["controls.driftPause", "20", pauseAt],
    ["controls.anchorTurns", "3", anchoringOf],
    ["controls.anchorMinutes", "45", anchoringOf],
    ["controls.anchorTokens", "0", anchoringOf],
    [
      "kpis.throughputPerWeek",
      "0",
      ({ kpis }) => throughput(merged, kpis.throughputPerWeek, kpis.minimumSample, WEEKS).verdict,
    ],
    [
      "kpis.agentLeadTimeHours",
      "1",
      ({ kpis }) =>
        duration(merged, "leadTime", kpis.agentLeadTimeHours * HOUR, kpis.minimumSample, 0).verdict,
    ],
    [
      "kpis.reviewToMergeHours",
      "1",
      ({ kpis }) =>
        duration(merged, "reviewToMerge", kpis.reviewToMergeHours * HOUR, kpis.minimumSample, 0).verdict,
    ],
    [
      "kpis.minimumSample",
      "9",
      ({ kpis }) => duration(merged, "leadTime", HOUR, kpis.minimumSample, 0).median,
    ],
  ];

  test.each(CASES)("%s = %j", (field, text, enforce) => {
    expect(enforce(changed(field, text))).not.toEqual(enforce(charter));
  });
});
