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
      kind: "repair",
    },
    scope: { repositoryId, branch, allowedPaths: ["**"], protectedPaths: PROTECTED },
    environment: {
      testArgv: NODE_TESTS,
      reportPath: "report.xml",
      harnessPaths: HARNESS,
      repeats: 3,
      minimumTier: "weak",
      memoryMb: 2048,
      diskMb: 1024,
      cpus: 2,
      processes: 256,
      setupArgv: [],
      setupHosts: [],
      setupPaths: [],
      setupScripts: "off",
    },
    controls: {
      approverCount: 1,
      approverRoles: ["engineering_lead", "security_lead", "reviewer"],
      approvalHours: 72,
      maxRunMinutes: 30,
      maxAttempts: 3,
      maxConcurrentRuns: 2,
      extraApproverOnFlags: true,
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
      allowedCommands: [],
      deniedCommands: [],
      unattended: "deny_and_continue",
      askMinutes: 30,
      driftPause: 70,
      anchorTurns: 40,
      anchorMinutes: 0,
      anchorTokens: 400_000,
    },
    kpis: { throughputPerWeek: 3, agentLeadTimeHours: 24, reviewToMergeHours: 8, minimumSample: 5 },
    rollback: { pauseAfterFailedRuns: 3, maxRuns: 200, endsOn },
  };
}
