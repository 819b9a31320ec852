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
const artefacts = { module: "lib/artefacts/rules.ts", name: "artefactPlanOf" } as const;
const limits = { module: "lib/pilots/rules.ts", name: "limitsOf" } as const;
const merge = { module: "lib/merges/rules.ts", name: "mergeRule" } as const;
const policy = { module: "worker/git/policy/judge-patch.ts", name: "judgePatch" } as const;
const size = { module: "worker/git/policy/patch-size.ts", name: "sizeFlags" } as const;
const phases = { module: "lib/pilots/rules.ts", name: "phaseSeconds" } as const;
const labels = { module: "lib/repositories/label-rules.ts", name: "labelFaults" } as const;
const exit = { module: "lib/pilots/exit-rules.ts", name: "refusalToComplete" } as const;
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
  "goal.problem": {
    ...{ module: "lib/merges/open-merge-gate.ts", name: "openMergeGate", reads: "goal.problem" },
    effect: "Stands in every decision document beside what is to be achieved.",
  },
  "goal.kind": {
    ...launch,
    reads: "goal.kind",
    effect: "Runs are of this kind; an agent that does not do it is refused.",
  },
  "goal.metrics": {
    ...{ module: "lib/kpis/success.ts", name: "metricReports" },
    effect: "The pilot's numbers are held against these targets, and against what there was before.",
  },
  "goal.runsPerWeek": {
    ...{ module: "lib/kpis/service.ts", name: "getKpis" },
    effect: "What the numbers will be able to tell is forecast from it; 0: nobody said.",
  },
  "goal.baselineDays": {
    ...{ module: "lib/pilots/rules.ts", name: "baselineEnd" },
    effect:
      "So many days from activation on nothing is launched, and what is measured then is the baseline; 0: none.",
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
  "scope.repositoryLabels": {
    ...labels,
    effect: "Without all of these labels on the repository nothing is launched or activated.",
  },
  "scope.forbiddenLabels": {
    ...labels,
    effect: "With one of these labels on the repository nothing is launched or activated.",
  },
  "scope.kinds": { ...launch, reads: "scope.kinds", effect: "A run of another kind is not launched." },
  "scope.allowedPaths": { ...policy, effect: "A patch that touches anything else is refused." },
  "scope.protectedPaths": { ...policy, effect: "A patch that touches one of these is flagged." },
  "scope.protectedClasses": {
    ...merge,
    effect: "A patch that touches files of these kinds needs one approver more, always.",
  },
  "scope.forbiddenPaths": {
    ...policy,
    effect: "A patch that touches one of these is refused, whatever paths are allowed.",
  },
  "scope.licences": {
    ...policy,
    effect: "A patch that adds a package under another licence is refused; none named: any will do.",
  },
  "scope.maxFiles": {
    ...size,
    effect: "A patch that changes more files is refused; 0: no limit of its own.",
  },
  "scope.maxChangedLines": {
    ...size,
    effect: "A patch that adds and removes more lines is refused; 0: no limit of its own.",
  },
  "environment.testArgv": {
    ...{ module: "runner/harness/command/test-command.ts", name: "testCommand", reads: "argv" },
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
  "environment.setupMinutes": {
    ...phases,
    reads: "setupMinutes",
    effect: "Setup that takes longer is ended; 0: as long as an attempt.",
  },
  "environment.agentMinutes": {
    ...phases,
    effect: "An agent that takes longer is ended; 0: as long as an attempt.",
  },
  "environment.verifyMinutes": {
    ...phases,
    effect: "Verification that takes longer is ended; 0: as long as an attempt.",
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
  "environment.artefactPaths": {
    ...{ module: "lib/protocol/artefacts.ts", name: "isPlanned", reads: "paths" },
    effect: "Only files at these paths are taken out of the sandbox beside the patch; none: nothing is.",
  },
  "environment.artefactCount": { ...artefacts, effect: "No attempt hands in more of them." },
  "environment.artefactMb": { ...artefacts, effect: "Nor more of them together." },
  "environment.artefactDays": {
    ...{ module: "lib/artefacts/rules.ts", name: "deletedBefore" },
    effect: "What nobody promoted by then is deleted; its digest stays.",
  },
  "controls.launchers": {
    ...launch,
    effect: "Nobody without one of these roles launches; none: by role alone.",
  },
  "controls.breakGlass": {
    ...{ module: "lib/break-glass/rules.ts", name: "glassRoles" },
    effect:
      "Who holds one may merge past the gate in an emergency; all leads are told, another reviews it. None: nobody.",
  },
  "controls.agents": { ...launch, effect: "A run with another agent is not launched; none: any agent." },
  "controls.models": {
    ...{ module: "lib/model-calls/rules.ts", name: "isModelAllowed" },
    effect: "An agent with another model is not launched, and its calls are refused; none: any.",
  },
  "controls.workDays": {
    ...launch,
    reads: "workingHoursOf",
    effect: "Runs are launched on these days; none: on all.",
  },
  "controls.workFrom": {
    ...launch,
    reads: "workingHoursOf",
    effect: "On days of work no run is launched earlier.",
  },
  "controls.workTo": { ...launch, reads: "workingHoursOf", effect: "Nor later; what runs already goes on." },
  "controls.approvalClock": {
    ...{ module: "lib/pilots/rules.ts", name: "approvalDeadline" },
    effect: "Working: hours in which nobody works are not counted when a decision expires.",
  },
  "controls.approverCount": { ...merge, effect: "So many different people approve before anything merges." },
  "controls.approverRoles": { ...merge, effect: "Approvals of anybody else do not count." },
  "controls.approvalHours": {
    ...{ module: "lib/pilots/rules.ts", name: "approvalDeadline" },
    effect: "A decision not taken by then counts as denied.",
  },
  "controls.protectedApproverRole": {
    ...merge,
    effect: "Of those who approve a patch that touches protected files, one holds this role.",
  },
  "controls.requiredChecks": {
    ...{ module: "lib/outside-checks/rules.ts", name: "requiredChecks" },
    effect: "A merge is not approved until each of them was reported as passed of exactly that patch.",
  },
  "controls.canary": {
    ...{ module: "lib/evidence/canary-rule.ts", name: "stricterCanary" },
    effect: "Evidence without a planted test that was reported failed opens no merge gate.",
  },
  "controls.gates": {
    ...{ module: "lib/gates/own-rules.ts", name: "ownRuleOf" },
    effect: "Where a gate has its own rule, its roles, numbers and hours hold instead of the ordinary ones.",
  },
  "controls.maxRunMinutes": {
    ...phases,
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
  "controls.stepUp": {
    ...{ module: "lib/gates/step-up-rules.ts", name: "wantsPasskey" },
    effect: "Approvals there are signed with a confirmed passkey, over exactly what is decided.",
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
  "controls.toolRead": {
    ...asking,
    reads: "tools",
    effect:
      "Guarded files: declined, asked about, or let be; what Codex reads without asking cannot be held.",
  },
  "controls.readGuardedPaths": {
    ...{ ...asking, name: "guardedPaths" },
    reads: "guarded",
    effect:
      "Guarded by the rule on reading; a command that may read files of its own choice counts as reading them.",
  },
  "controls.toolWrite": {
    ...{ ...asking, name: "judgeAsk" },
    reads: "tools",
    effect: "Changes by the agent's own editing: declined, asked about, or let be.",
  },
  "controls.toolExecute": {
    ...asking,
    reads: "tools",
    effect: "Commands that do more than read: declined, asked about, or let be.",
  },
  "controls.toolNetwork": {
    ...{ ...asking, name: "judgeAsk" },
    reads: "tools",
    effect: "A wish for a network: declined, or put to people where the agent asks. None is ever open.",
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
  "kpis.owners": {
    ...exit,
    effect:
      "Nobody else completes the pilot; it comes into force only while both may; nobody: who may amend.",
  },
  "kpis.deputies": {
    ...{ module: "lib/notices/owners/owners.ts", name: "ownersToTell" },
    effect: "While an owner is away they are told what the owners are told, whatever they asked for.",
  },
  "kpis.cadence": {
    ...{ module: "lib/kpis/review-days.ts", name: "reviewDays" },
    effect: "So often the owners are told that a look at the numbers is due; never: nobody is.",
  },
  "kpis.retentionDays": {
    ...{ module: "lib/retention/by-charter.ts", name: "keptDays" },
    effect:
      "Payloads of ended runs are kept so long from when the charter comes into force; 0: as people set it.",
  },
  "kpis.minimumSample": {
    ...{ module: "lib/kpis/reading-rules.ts", name: "readingOf" },
    effect: "Below so many rows no rate and no median is shown.",
  },
  "rollback.exitCriteria": {
    ...exit,
    effect: "Whoever completes the pilot states how each is met; a review is by who launched nothing.",
  },
  "rollback.pauseAfterFailedRuns": {
    ...{ module: "lib/pilots/tripwires.ts", name: "afterEnd" },
    effect: "So many failed runs in a row trip it: what then happens stands beside it.",
  },
  "rollback.onFailedRuns": {
    ...{ module: "lib/pilots/tripwires.ts", name: "afterEnd" },
    effect: "Told, paused, stopped with its merges and tokens, or all of its runs cancelled, once.",
  },
  "rollback.tripwires": {
    ...{ module: "lib/tripwires/watch-wires.ts", name: "watchWires" },
    effect: "Numbers are looked at every second; beyond its bound each does once what stands beside it.",
  },
  "rollback.maxRuns": { ...launch, effect: "After so many runs no further one is launched." },
  "rollback.endsOn": { ...launch, effect: "After this day no run is launched." },
};
