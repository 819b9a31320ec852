// What each field of the charter does, and the code that does it. The test beside holds that every field of the
// schema stands here and that the code is there and reads it.
import type { CharterField } from "./form.ts";

export interface Enforcer {
  /** Path in the repository. */
  readonly module: string;
  readonly name: string;
  /** The word by which the module knows the field, where it is not the field's own. */
  readonly reads?: string;
  /** One sentence for the form. */
  readonly effect: string;
}

const launch = { module: "lib/runs/rules.ts", name: "refusalToLaunch" } as const;
const limits = { module: "lib/pilots/rules.ts", name: "limitsOf" } as const;
const merge = { module: "lib/merges/rules.ts", name: "mergeRule" } as const;
const policy = { module: "worker/git/policy/judge-patch.ts", name: "judgePatch" } as const;
const budgets = { module: "lib/model-calls/rules.ts", name: "budgetsOf" } as const;
const asking = { module: "lib/asks/rules.ts", name: "judgeCommand" } as const;
const outbound = { module: "lib/model-calls/rules.ts", name: "outboundOf" } as const;
const anchoring = { module: "lib/pilots/rules.ts", name: "anchoringOf" } as const;
const verification = { module: "runner/harness/verify.ts", name: "verify" } as const;

export const ENFORCERS: Readonly<Record<CharterField, Enforcer>> = {
  "goal.statement": {
    ...{ module: "lib/merges/open-merge-gate.ts", name: "openMergeGate", reads: "goal.statement" },
    effect: "Stands in every decision document, so that who approves approves it for this end.",
  },
  "goal.kind": {
    ...launch,
    reads: "goal.kind",
    effect: "Runs are of this kind; an agent that does not do it is refused.",
  },
  "scope.repositoryId": {
    ...{ module: "lib/runs/launch-run.ts", name: "launchRun" },
    effect: "Runs see this repository and no other.",
  },
  "scope.branch": {
    ...launch,
    reads: "scope.branch",
    effect: "Runs start from this branch, and merges move it.",
  },
  "scope.allowedPaths": { ...policy, effect: "A patch that touches anything else is refused." },
  "scope.protectedPaths": { ...policy, effect: "A patch that touches one of these is flagged." },
  "environment.testArgv": {
    ...{ module: "runner/harness/test-command.ts", name: "testCommand", reads: "argv" },
    effect: "Runs as it stands, without a shell, in a sandbox without a network.",
  },
  "environment.reportPath": {
    ...{ module: "runner/harness/test-outcome.ts", name: "testOutcome" },
    effect: "Results are read from this file alone; what the tests print decides nothing.",
  },
  "environment.harnessPaths": {
    ...verification,
    effect: "Taken from the base when a patch is verified, so that no patch brings its own judge.",
  },
  "environment.repeats": {
    ...verification,
    effect: "How often each tree is tested, to tell flaky from steady.",
  },
  "environment.minimumTier": {
    ...{ module: "lib/leases/rules.ts", name: "mayTake" },
    effect: "Runners with a weaker sandbox get none of the runs.",
  },
  "environment.memoryMb": { ...limits, effect: "A sandbox that needs more is ended." },
  "environment.diskMb": { ...limits, effect: "Writing beyond it fails inside the sandbox." },
  "environment.cpus": { ...limits, effect: "The sandbox is slowed down to this many cores." },
  "environment.processes": { ...limits, effect: "Starting more at a time fails inside the sandbox." },
  "environment.setupArgv": {
    ...{ module: "runner/setup/prepare-setup.ts", name: "prepareSetup", reads: "argv" },
    effect: "Runs first, in a sandbox of its own that sees manifests and lockfiles alone; nothing: no setup.",
  },
  "environment.setupHosts": {
    ...{ module: "lib/setup/rules.ts", name: "ruleFor", reads: "hosts" },
    effect: "Setup reaches these hosts by a proxy that counts and tells it, and no other.",
  },
  "environment.setupPaths": {
    ...{ module: "runner/setup/take-pack.ts", name: "takePack", reads: "paths" },
    effect: "Only these folders are left of setup, read-only wherever the tree is used.",
  },
  "environment.setupScripts": {
    ...{ module: "runner/setup/environment.ts", name: "setupEnvironment", reads: "scripts" },
    effect: "Off: npm, pnpm, Yarn, pip, uv and Poetry are told to run no script of packages.",
  },
  "controls.approverCount": { ...merge, effect: "So many different people approve before anything merges." },
  "controls.approverRoles": { ...merge, effect: "Approvals of anybody else do not count." },
  "controls.approvalHours": {
    ...{ module: "lib/merges/open-merge-gate.ts", name: "openMergeGate" },
    effect: "A decision not taken by then counts as denied.",
  },
  "controls.maxRunMinutes": {
    ...{ module: "lib/leases/grant-lease.ts", name: "grantLease" },
    effect: "An attempt that takes longer is ended.",
  },
  "controls.maxAttempts": {
    ...{ module: "lib/leases/rules.ts", name: "mayRetry" },
    effect: "A run whose runner is lost this often fails.",
  },
  "controls.maxConcurrentRuns": {
    ...{ module: "lib/leases/rules.ts", name: "mayTake" },
    effect: "Further runs wait in the queue.",
  },
  "controls.extraApproverOnFlags": {
    ...merge,
    effect: "A flagged patch, such as one on protected paths, needs one approver more.",
  },
  "controls.budgetRunCents": {
    ...budgets,
    effect: "A model call that could cost a run more than this is not sent.",
  },
  "controls.budgetDayCents": {
    ...budgets,
    effect: "Nor one that could cost all runs of a day more, in the pilot's time zone.",
  },
  "controls.budgetPilotCents": { ...budgets, effect: "Nor one that could cost the whole pilot more." },
  "controls.outboundSecret": {
    ...outbound,
    effect: "Keys and passwords in a request to a model: not sent, masked, or let through.",
  },
  "controls.outboundCardNumber": {
    ...outbound,
    effect: "Card numbers in a request to a model: not sent, masked, or let through.",
  },
  "controls.outboundEmail": {
    ...outbound,
    effect: "E-mail addresses in a request to a model: not sent, masked, or let through.",
  },
  "controls.outboundIban": {
    ...outbound,
    effect: "Bank accounts (IBAN) in a request to a model: not sent, masked, or let through.",
  },
  "controls.outboundOwn": {
    ...outbound,
    effect: "What the pilot's own patterns find in a request to a model: not sent, masked, or let through.",
  },
  "controls.ownPatterns": {
    ...outbound,
    effect: "Looked for in every text, number and key of a request to a model.",
  },
  "controls.askMode": {
    ...asking,
    reads: "mode",
    effect:
      "Never: the agent asks nobody. Unlisted: it asks before what neither only reads nor stands below.",
  },
  "controls.allowedCommands": {
    ...asking,
    reads: "allowed",
    effect: "Run without anybody being asked; so are reading and the project's own test command.",
  },
  "controls.deniedCommands": { ...asking, reads: "denied", effect: "Refused, whoever would allow them." },
  "controls.unattended": {
    ...{ module: "lib/asks/sweep-asks.ts", name: "sweepAsks" },
    effect:
      "Where nobody answers: declined and the agent goes on, or the run is put away until somebody does.",
  },
  "controls.askMinutes": {
    ...{ module: "lib/asks/rules.ts", name: "askDeadlines" },
    effect: "So long the agent waits for an answer.",
  },
  "controls.driftPause": {
    ...{ module: "lib/drift/rules.ts", name: "pauseAt" },
    effect: "A run whose drift score gets this high is paused, and its launcher asked.",
  },
  "controls.anchorTurns": {
    ...anchoring,
    effect: "After so many answers of its model the agent is told again what it works on, and how it stands.",
  },
  "controls.anchorMinutes": { ...anchoring, effect: "Also after so many minutes of work." },
  "controls.anchorTokens": { ...anchoring, effect: "Also after so many tokens." },
  "kpis.throughputPerWeek": {
    ...{ module: "lib/kpis/service.ts", name: "getKpis" },
    effect: "Fewer merged patches a week than this miss the target.",
  },
  "kpis.agentLeadTimeHours": {
    ...{ module: "lib/kpis/service.ts", name: "getKpis" },
    effect: "A longer median from launch to merge misses the target.",
  },
  "kpis.reviewToMergeHours": {
    ...{ module: "lib/kpis/service.ts", name: "getKpis" },
    effect: "A longer median from review to merge misses the target.",
  },
  "kpis.minimumSample": {
    ...{ module: "lib/kpis/rules.ts", name: "duration" },
    effect: "Below so many rows no rate and no median is shown.",
  },
  "rollback.pauseAfterFailedRuns": {
    ...{ module: "lib/pilots/tripwires.ts", name: "afterEnd" },
    effect: "So many failed runs in a row pause the pilot by themselves.",
  },
  "rollback.maxRuns": { ...launch, effect: "After so many runs no further one is launched." },
  "rollback.endsOn": { ...launch, effect: "After this day no run is launched." },
};
