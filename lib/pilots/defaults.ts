import type { Charter } from "./schema.ts";

/** Files that steer builds, tests, agents or package installs: a change to one is worth a second look. */
const PROTECTED = [
  ".github/**",
  ".gitlab-ci.yml",
  "Jenkinsfile",
  "**/Dockerfile",
  "**/Makefile",
  "**/CODEOWNERS",
  "**/AGENTS.md",
  "**/CLAUDE.md",
  ".claude/**",
  ".cursor/**",
  ".mcp.json",
  ".vscode/**",
  "**/.npmrc",
  "**/package.json",
  "**/package-lock.json",
];

const HARNESS = ["test/**", "tests/**", "**/*.test.*", "**/*.spec.*", "**/package.json"];

const NODE_TESTS = ["node", "--test", "--test-reporter=junit", "--test-reporter-destination=report.xml"];

/** What a new charter starts from: Node's own test runner, one approver, careful limits. */
export function defaultCharter(repositoryId: string, branch: string, endsOn: string): Charter {
  return {
    goal: {
      statement: "Keep the default branch green: repair steady test failures by their cause.",
      problem: "",
      kind: "repair",
      metrics: [
        { kpi: "throughput", target: 3, baseline: null, source: "" },
        { kpi: "agent_lead_time", target: 24, baseline: null, source: "" },
        { kpi: "review_to_merge", target: 8, baseline: null, source: "" },
      ],
      runsPerWeek: 6,
    },
    scope: {
      ...{ repositoryLabels: [], forbiddenLabels: [] },
      ...{ repositoryId, branch, kinds: [], allowedPaths: ["**"], protectedPaths: PROTECTED },
      ...{
        protectedClasses: ["ci", "lockfiles", "agent_rules", "code_owners"],
        forbiddenPaths: [],
        maxFiles: 100,
        maxChangedLines: 2_000,
        licences: [],
      },
    },
    environment: {
      testArgv: NODE_TESTS,
      reportPath: "report.xml",
      harnessPaths: HARNESS,
      repeats: 3,
      ...{ setupMinutes: 0, agentMinutes: 0, verifyMinutes: 0 },
      minimumTier: "weak",
      memoryMb: 2048,
      diskMb: 1024,
      cpus: 2,
      processes: 256,
      setupArgv: [],
      setupHosts: [],
      setupPaths: [],
      setupScripts: "off",
      ...{ artefactPaths: [], artefactCount: 20, artefactMb: 16, artefactDays: 30 },
    },
    controls: {
      ...{ launchers: [], agents: [], models: [] },
      ...{ workDays: [], workFrom: "09:00", workTo: "17:00", approvalClock: "always" },
      approverCount: 1,
      approverRoles: ["engineering_lead", "security_lead", "reviewer"],
      approvalHours: 72,
      protectedApproverRole: "any",
      requiredChecks: [],
      canary: "known",
      gates: [],
      maxRunMinutes: 30,
      maxAttempts: 3,
      maxConcurrentRuns: 2,
      extraApproverOnFlags: true,
      stepUp: "none",
      breakGlass: [],
      budgetRunCents: 500,
      budgetDayCents: 5_000,
      budgetPilotCents: 50_000,
      outboundSecret: "block",
      outboundCardNumber: "allow",
      outboundEmail: "allow",
      outboundIban: "allow",
      outboundOwn: "block",
      ownPatterns: [],
      askMode: "never",
      ...{ toolRead: "allow", readGuardedPaths: [] },
      ...{ toolWrite: "allow", toolExecute: "allow", toolNetwork: "ask" },
      allowedCommands: [],
      deniedCommands: [],
      unattended: "deny_and_continue",
      askMinutes: 30,
      driftPause: 70,
      anchorTurns: 40,
      anchorMinutes: 0,
      anchorTokens: 400_000,
    },
    kpis: {
      ...{ owners: [], deputies: [], cadence: "weekly" },
      retentionDays: 0,
      minimumSample: 5,
    },
    rollback: { exitCriteria: [], pauseAfterFailedRuns: 3, onFailedRuns: "pause", maxRuns: 200, endsOn },
  };
}
