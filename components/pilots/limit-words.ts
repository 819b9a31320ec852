// What a charter says of launching, of how much a patch may be, and of tools, in plain sentences. Pure.
import { daysInWords } from "#lib/hours/rules.ts";
import { CRITERION_NAMES } from "#lib/pilots/exit-rules.ts";
import { gateSentence } from "#lib/pilots/gate-words.ts";
import type { Cadence } from "#lib/pilots/schema/kpis.ts";
import type { TripAction } from "#lib/pilots/schema/rollback.ts";
import type { ProtectedClass } from "#lib/pilots/schema/scope.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { wireSentence } from "#lib/tripwires/wire-words.ts";
import { formatCount, plural } from "../format.ts";
import { rolesInWords } from "../review/roles.ts";

const list = (items: readonly string[], most = 4): string =>
  items.length <= most
    ? items.join(", ")
    : `${items.slice(0, most).join(", ")} and ${items.length - most} more`;

export const CLASS_NAMES: Readonly<Record<ProtectedClass, string>> = {
  ci: "CI and builds",
  lockfiles: "Lockfiles and package managers",
  agent_rules: "Rules of agents",
  code_owners: "CODEOWNERS",
  tests: "Tests",
};

export const CADENCES: Readonly<Record<Cadence, string>> = {
  never: "Never asked for",
  daily: "Every day",
  weekly: "Every week",
  fortnightly: "Every two weeks",
};

export const TRIPS: Readonly<Record<TripAction, string>> = {
  warn: "Tell it, and go on",
  pause: "Pause: no run is given out",
  stop: "Stop: runs and merges too",
  cancel: "Pause, and cancel all runs",
};

const TRIPPED: Readonly<Record<TripAction, string>> = {
  warn: "Its owners are told after",
  pause: "The pilot pauses after",
  stop: "The pilot's emergency stop is pulled, with its runs, their tokens and its merges, after",
  cancel: "The pilot pauses and all of its runs are cancelled after",
};

export const tripSentence = ({ onFailedRuns, pauseAfterFailedRuns }: Charter["rollback"]): string =>
  `${TRIPPED[onFailedRuns]} ${plural(pauseAfterFailedRuns, "failed run")} in a row.`;

/** What else it does by itself, a sentence for each. */
export const wireSentences = ({ tripwires }: Charter["rollback"]): string[] => tripwires.map(wireSentence);

/** Which repositories it works on, and never on which. */
export const labelSentences = ({ repositoryLabels }: Charter["scope"]): string[] =>
  repositoryLabels.length > 0
    ? [`Work while the repository is labelled ${list(repositoryLabels, 8)}, and no longer.`]
    : [];

/** Who launches it, with what, and when; nothing where anybody may. */
export function launchSentences({ controls, scope }: Charter): string[] {
  const { launchers, agents, models, workDays, workFrom, workTo } = controls;
  return [
    ...(launchers.length > 0 ? [`Be launched by ${rolesInWords(launchers)}.`] : []),
    ...(agents.length > 0 ? [`Be done by ${plural(agents.length, "agent")} that the charter names.`] : []),
    ...(models.length > 0
      ? [`Use ${models.length === 1 ? "this model" : "these models"}: ${list(models)}.`]
      : []),
    ...(workDays.length > 0
      ? [`Be launched ${daysInWords(workDays)}, ${workFrom} to ${workTo}, in the pilot's time zone.`]
      : []),
    ...(scope.kinds.length > 0 ? [`Be of these kinds: ${scope.kinds.join(", ")}.`] : []),
  ];
}

/** Where no patch may go, and how much one may be. */
export function zoneSentences({
  forbiddenPaths,
  forbiddenLabels,
  maxFiles,
  maxChangedLines,
  licences,
}: Charter["scope"]): string[] {
  const most = [
    ...(maxFiles > 0 ? [plural(maxFiles, "file")] : []),
    ...(maxChangedLines > 0 ? [`${formatCount(maxChangedLines)} lines`] : []),
  ];
  return [
    ...(forbiddenLabels.length > 0 ? [`Work on a repository labelled ${list(forbiddenLabels, 8)}.`] : []),
    ...(forbiddenPaths.length > 0 ? [`Change these, wherever they lie: ${list(forbiddenPaths, 6)}.`] : []),
    ...(licences.length > 0
      ? [`Add a package under another licence than ${list(licences, 8)}: such a patch is refused.`]
      : []),
    ...(most.length > 0 ? [`Change more than ${most.join(" or ")}: such a patch is refused.`] : []),
  ];
}

const DENIED = {
  toolWrite: "Change files by its own editing.",
  toolExecute: "Run a command that does more than read.",
  toolNetwork: "Ask for a network.",
} as const;
const ASKED = {
  toolWrite: "Before it changes files by its own editing.",
  toolExecute: "Before a command that does more than read.",
} as const;

const keysOf = <T extends object>(words: T) => Object.keys(words) as (keyof T)[];

/** Where reading is not free; nothing where no file is guarded. */
const guardedFrom = ({ readGuardedPaths, toolRead }: Charter["controls"], rule: "deny" | "ask"): string[] =>
  toolRead === rule && readGuardedPaths.length > 0 ? [list(readGuardedPaths, 6)] : [];

export const deniedTools = (controls: Charter["controls"]): string[] => [
  ...guardedFrom(controls, "deny").map((paths) => `Read these, or run what may: ${paths}.`),
  ...keysOf(DENIED).flatMap((tool) => (controls[tool] === "deny" ? [DENIED[tool]] : [])),
];

export const askedTools = (controls: Charter["controls"]): string[] => [
  ...guardedFrom(controls, "ask").map((paths) => `Before it reads these, or runs what may: ${paths}.`),
  ...keysOf(ASKED).flatMap((tool) => (controls[tool] === "ask" ? [ASKED[tool]] : [])),
];

const CANARY = {
  known:
    "Nobody, where tests of a framework we know carried no planted test that failed as it must: then nothing says that tests can fail.",
  always: "Nobody, unless a test planted to fail was reported failed with the patch.",
} as const;

/** Who looks at what means more than its lines. */
export function protectionSentences({ scope, controls }: Charter): string[] {
  const { canary, protectedApproverRole, requiredChecks } = controls;
  const classes = scope.protectedClasses.map((one) => CLASS_NAMES[one]);
  return [
    ...(classes.length > 0 ? [`One more, always, where it touches: ${classes.join(", ")}.`] : []),
    ...(protectedApproverRole === "any"
      ? []
      : [`One of those who approve protected files is ${rolesInWords([protectedApproverRole])}.`]),
    ...(canary === "never" ? [] : [CANARY[canary]]),
    ...(requiredChecks.length > 0
      ? [`Nobody, before these were reported as passed from outside: ${list(requiredChecks, 8)}.`]
      : []),
  ];
}

/** Gates with a rule of their own. */
/** `names`: of roles made here, by their ids. */
export const gateSentences = ({ controls }: Charter, names: Readonly<Record<string, string>>): string[] =>
  controls.gates.map((rule) => gateSentence(rule, rolesInWords(rule.roles, names)));

/** What has to be so before the pilot is completed, and by whom. */
export function exitSentences({ kpis, rollback }: Charter): string[] {
  const criteria = rollback.exitCriteria.map((one) => CRITERION_NAMES[one].toLowerCase());
  return [
    ...(kpis.owners.length > 0 ? ["Its two owners alone complete it."] : []),
    ...(kpis.cadence === "never"
      ? []
      : [
          `${CADENCES[kpis.cadence]} its owners are told to look at its numbers${kpis.deputies.length > 0 ? ", or their deputies while one is away" : ""}.`,
        ]),
    ...(criteria.length > 0 ? [`Whoever completes it states: ${criteria.join(", ")}.`] : []),
  ];
}

/** Phases with a limit of their own. */
export function phaseSentences({
  setupMinutes,
  agentMinutes,
  verifyMinutes,
}: Charter["environment"]): string[] {
  const limited = [
    ...(setupMinutes > 0 ? [`setup after ${plural(setupMinutes, "minute")}`] : []),
    ...(agentMinutes > 0 ? [`the agent after ${plural(agentMinutes, "minute")}`] : []),
    ...(verifyMinutes > 0 ? [`verification after ${plural(verifyMinutes, "minute")}`] : []),
  ];
  return limited.length > 0 ? [`Of an attempt, ${limited.join(", ")}.`] : [];
}
