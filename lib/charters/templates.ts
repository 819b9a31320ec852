// Charters to start from, each for a kind of work that pilots begin with. What a template does not say is as the default.
import type { Charter } from "../pilots/schema.ts";

export interface Template {
  readonly key: string;
  readonly title: string;
  /** What it is for, and what is still to be said. */
  readonly text: string;
  readonly charter: (base: Charter) => Charter;
}

const MANIFESTS = [
  ...["**/package.json", "**/package-lock.json", "**/pnpm-lock.yaml", "**/yarn.lock"],
  ...["**/pyproject.toml", "**/requirements*.txt", "**/uv.lock", "**/poetry.lock"],
];

const without = (paths: readonly string[], others: readonly string[]) =>
  paths.filter((path) => !others.includes(path));

export const TEMPLATES: readonly Template[] = [
  {
    key: "regression-triage",
    title: "Nightly regression triage",
    text: "Says which change broke which test, and proposes the smallest repair. For an agent with a model.",
    charter: (base) => ({
      ...base,
      goal: {
        ...base.goal,
        statement:
          "For every test that fails since the last green night: name the change that broke it and why, and propose the smallest patch that repairs the cause.",
        problem:
          "A red night costs somebody a morning: first to find which change broke what, then to repair it.",
        kind: "triage",
      },
      environment: { ...base.environment, repeats: 5 },
      controls: { ...base.controls, maxRunMinutes: 60, maxConcurrentRuns: 1, anchorTurns: 8 },
    }),
  },
  {
    key: "flaky-tests",
    title: "Flaky-test repair",
    text: "Repairs what makes a test pass only sometimes. Each tree is tested ten times, which takes its time.",
    charter: (base) => ({
      ...base,
      goal: {
        ...base.goal,
        statement:
          "Make tests that pass only sometimes pass always, by the cause: time, order, shared state, randomness. No retry, no longer timeout, no skipped test.",
        problem: "Tests that pass only sometimes are run again until they do, so nobody believes a red one.",
        kind: "repair",
      },
      environment: { ...base.environment, repeats: 10 },
      controls: { ...base.controls, maxRunMinutes: 120, approvalHours: 120 },
    }),
  },
  {
    key: "dependency-updates",
    title: "Dependency updates",
    text: "Changes manifests and lockfiles and what has to follow. Name the hosts your packages come from.",
    charter: (base) => ({
      ...base,
      goal: {
        ...base.goal,
        statement:
          "Bring dependencies to their newest compatible versions, one at a time, with what has to change in the code for it. The tests stay as they are.",
        problem: "Dependencies are updated seldom and many at once, so that each update is a risk.",
        kind: "repair",
      },
      scope: {
        ...{ ...base.scope, protectedPaths: without(base.scope.protectedPaths, MANIFESTS) },
        // A lockfile alone changes thousands of lines; who decides about one is not a second person each time.
        ...{ maxFiles: 30, maxChangedLines: 30_000 },
        protectedClasses: base.scope.protectedClasses.filter((one) => one !== "lockfiles"),
      },
      environment: {
        ...base.environment,
        setupArgv: ["npm", "ci"],
        setupPaths: ["node_modules"],
        harnessPaths: without(base.environment.harnessPaths, MANIFESTS),
      },
      controls: { ...base.controls, approverRoles: ["engineering_lead", "security_lead"] },
    }),
  },
  {
    key: "fuzz-triage",
    title: "Security fuzz triage",
    text: "Two approvers, the strong sandbox, every command but reading is asked for, nothing personal leaves.",
    charter: (base) => ({
      ...base,
      goal: {
        ...base.goal,
        statement:
          "For every crash a fuzzer found: reproduce it by a test, say whether it can be exploited and how grave it is, and propose a patch. Nothing of it is told outside this pilot.",
        problem: "Crashes that fuzzers find wait for somebody who has the time to read them.",
        kind: "security",
      },
      environment: { ...base.environment, minimumTier: "strong" },
      controls: {
        ...base.controls,
        ...{ approverCount: 2, approverRoles: ["security_lead", "engineering_lead"], maxConcurrentRuns: 1 },
        ...{
          askMode: "unlisted",
          unattended: "park",
          driftPause: 50,
          protectedApproverRole: "security_lead",
        },
        ...{
          outboundSecret: "block",
          outboundCardNumber: "block",
          outboundEmail: "mask",
          outboundIban: "block",
        },
      },
      rollback: { ...base.rollback, pauseAfterFailedRuns: 2, exitCriteria: ["independent_review"] },
    }),
  },
  {
    key: "release-notes",
    title: "Release notes",
    text: "Writes documents and nothing else: a patch that touches code is refused. For an agent with a model.",
    charter: (base) => ({
      ...base,
      goal: {
        ...base.goal,
        statement:
          "Write what changed since the last release for the people who use it, from the history and the diffs, with a link to each change. No promise the code does not keep.",
        problem: "Release notes are written last, in a hurry and from memory.",
        kind: "document",
      },
      scope: { ...base.scope, allowedPaths: ["CHANGELOG.md", "docs/**", "README.md"], maxFiles: 10 },
      environment: { ...base.environment, repeats: 1 },
      controls: { ...base.controls, budgetRunCents: 200, maxRunMinutes: 20 },
    }),
  },
];
