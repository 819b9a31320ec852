// What a charter will do, in plain sentences: the same on the form, on the pilot's page and at its gate. Pure.
import { metricText } from "#lib/kpis/metric-rules.ts";
import { peopleToMerge, rolesToMerge } from "#lib/merges/rules.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { CENT } from "#lib/prices/rules.ts";
import { formatCount, formatMicros, plural } from "../format.ts";
import { rolesInWords } from "../review/roles.ts";
import {
  askedTools,
  deniedTools,
  exitSentences,
  gateSentences,
  labelSentences,
  launchSentences,
  phaseSentences,
  protectionSentences,
  tripSentence,
  wireSentences,
  zoneSentences,
} from "./limit-words.ts";

export interface PolicyPart {
  readonly title: string;
  readonly kind: "success" | "may" | "asks" | "never" | "merge" | "stops";
  readonly sentences: readonly string[];
}

const list = (items: readonly string[], most = 4): string =>
  items.length <= most
    ? items.join(", ")
    : `${items.slice(0, most).join(", ")} and ${items.length - most} more`;

const dollars = (cents: number): string => formatMicros(cents * CENT);

const CLASSES = [
  ["outboundSecret", "keys and passwords"],
  ["outboundCardNumber", "card numbers"],
  ["outboundEmail", "e-mail addresses"],
  ["outboundIban", "bank accounts"],
] as const;

/** What may not leave for a model's provider as it is; nothing where everything may. */
function outboundSentences(controls: Charter["controls"]): string[] {
  const of = (rule: "block" | "mask") =>
    CLASSES.filter(([field]) => controls[field] === rule).map(([, name]) => name);
  const [blocked, masked] = [of("block"), of("mask")];
  const { ownPatterns, outboundOwn } = controls;
  const own = outboundOwn === "block" ? "the request is refused" : "it is masked";
  return [
    ...(blocked.length > 0 ? [`Send ${blocked.join(", ")} to a model: the request is refused.`] : []),
    ...(masked.length > 0 ? [`Send ${masked.join(", ")} to a model as they are: they are masked.`] : []),
    ...(ownPatterns.length > 0 && outboundOwn !== "allow"
      ? [`Send what these find to a model: ${list(ownPatterns)}; ${own}.`]
      : []),
  ];
}

/** Setup has a network: what of the work it sees, whom it reaches, and what of it stays. */
function setupSentences({
  setupArgv,
  setupHosts,
  setupPaths,
  setupScripts,
}: Charter["environment"]): string[] {
  if (setupArgv.length === 0) return [];
  const reaches = setupHosts.length === 0 ? "no host" : `no host but ${list(setupHosts)}`;
  return [
    `Change what is installed before it (${list(setupArgv, 8).replaceAll(", ", " ")}): setup sees manifests alone, reaches ${reaches}, and only ${list(setupPaths)} stays, read-only${setupScripts === "on" ? "; scripts of packages run" : ""}.`,
    "Have other dependencies installed: a patch that changes manifests waits for a person.",
  ];
}

/** What happens to an agent that loses its way; nothing where the charter says nothing of it. */
function driftSentences({
  driftPause,
  anchorTurns,
  anchorMinutes,
  anchorTokens,
}: Charter["controls"]): string[] {
  const after = [
    ...(anchorTurns > 0 ? [`${plural(anchorTurns, "answer")} of its model`] : []),
    ...(anchorMinutes > 0 ? [plural(anchorMinutes, "minute")] : []),
    ...(anchorTokens > 0 ? [`${formatCount(anchorTokens)} tokens`] : []),
  ];
  return [
    ...(driftPause > 0 ? [`A run is paused when its drift score gets to ${driftPause} of 100.`] : []),
    ...(after.length > 0
      ? [`Its agent is told again what it works on after ${after.join(" or ")}, whichever is first.`]
      : []),
  ];
}

/** When the agent has to ask, and what happens where nobody answers. */
function askSentences({
  allowedCommands,
  unattended,
  askMinutes,
  approverRoles,
}: Charter["controls"]): string[] {
  const unasked = ["commands that only read", "the test command", ...allowedCommands];
  const then =
    unattended === "park"
      ? "the run is parked until somebody does"
      : "it is declined, and the agent goes on without it";
  return [
    `Before any command but these: ${list(unasked, 8)}. One of these decides: ${rolesInWords(approverRoles)}.`,
    `Where nobody answers in ${plural(askMinutes, "minute")}, ${then}.`,
  ];
}

/** What it is judged by; nothing where it says nothing of it. */
function successPart({ goal, kpis }: Charter): PolicyPart[] {
  if (goal.metrics.length === 0) return [];
  const sentences = [
    ...goal.metrics.map((metric) => `${metricText(metric)}.`),
    ...(goal.baselineDays > 0
      ? [
          `Nothing is launched for ${plural(goal.baselineDays, "day")} from activation on: what is measured then is the baseline.`,
        ]
      : []),
    `No verdict is given below ${plural(kpis.minimumSample, "row")}${goal.runsPerWeek > 0 ? `; runs expected: ${goal.runsPerWeek} a week` : ""}.`,
  ];
  return [{ title: "It is a success when", kind: "success", sentences }];
}

const SIGNED = {
  merge: "Each signs it with a confirmed passkey.",
  every_gate: "Each signs it with a confirmed passkey, as at every other gate.",
} as const;

/** `names`: of roles made here, by their ids. */
export function policyOf(
  charter: Charter,
  repositoryName: string,
  names: Readonly<Record<string, string>> = {},
): PolicyPart[] {
  const { scope, environment, controls, rollback } = charter;
  const [approverCount, approverRoles] = [peopleToMerge(charter), rolesToMerge(charter)];
  const { extraApproverOnFlags } = controls;
  const asks = [...(controls.askMode === "unlisted" ? askSentences(controls) : []), ...askedTools(controls)];
  return [
    ...successPart(charter),
    {
      title: "A run may",
      kind: "may",
      sentences: [
        `Change ${scope.allowedPaths.includes("**") ? "any file" : list(scope.allowedPaths)} of ${repositoryName}, starting from ${scope.branch}.`,
        `Run commands in a ${environment.minimumTier === "strong" ? "strong sandbox only" : "sandbox"}: ${formatCount(environment.memoryMb)} MB memory of which ${formatCount(environment.diskMb)} MB files, ${plural(environment.cpus, "core")}, ${formatCount(environment.processes)} processes.`,
        ...labelSentences(scope),
        ...launchSentences(charter),
      ],
    },
    {
      title: "It may never",
      kind: "never",
      sentences: [
        "Open a network connection, or push anywhere. Requests to its model go through the gateway alone.",
        ...setupSentences(environment),
        ...(scope.allowedPaths.includes("**")
          ? []
          : ["Change a file outside these paths: such a patch is refused."]),
        ...zoneSentences(scope),
        ...deniedTools(controls),
        "Judge itself: tests and harness files are taken from the base.",
        ...outboundSentences(controls),
        ...(controls.deniedCommands.length > 0
          ? [`Run these, whoever would allow them: ${list(controls.deniedCommands, 8)}.`]
          : []),
      ],
    },
    ...(asks.length > 0 ? [{ title: "It asks first", kind: "asks" as const, sentences: asks }] : []),
    {
      title: "Before anything merges",
      kind: "merge",
      sentences: [
        `The base's tests pass on the patch, in ${plural(environment.repeats, "run")} of each tree.`,
        `${approverCount === 1 ? "One person" : `${approverCount} different people`} who did not launch it must approve: ${rolesInWords(approverRoles)}.`,
        ...(extraApproverOnFlags
          ? [
              `One more where it touches protected paths${scope.protectedPaths.length > 0 ? ` (${list(scope.protectedPaths, 3)})` : ""}, tests or dependencies.`,
            ]
          : []),
        ...protectionSentences(charter),
        ...(controls.stepUp === "none" ? [] : [SIGNED[controls.stepUp]]),
        `No answer in ${plural(controls.approvalHours, "hour")}${controls.approvalClock === "working" ? " of work" : ""} means no.`,
        ...gateSentences(charter, names),
        ...(controls.breakGlass.length > 0
          ? [
              `In an emergency ${rolesInWords(controls.breakGlass)} may merge without that: every lead is told, and another lead reviews it.`,
            ]
          : []),
      ],
    },
    {
      title: "It stops by itself",
      kind: "stops",
      sentences: [
        `An attempt after ${plural(controls.maxRunMinutes, "minute")}, a run after ${plural(controls.maxAttempts, "attempt")}.`,
        ...phaseSentences(environment),
        `Calls of models, before they could cost more than ${dollars(controls.budgetRunCents)} in a run, ${dollars(controls.budgetDayCents)} in a day or ${dollars(controls.budgetPilotCents)} in all.`,
        ...driftSentences(controls),
        tripSentence(rollback),
        ...wireSentences(rollback),
        `Launches end after ${plural(rollback.maxRuns, "run")}, or on ${rollback.endsOn}; at most ${plural(controls.maxConcurrentRuns, "run")} at once.`,
        ...exitSentences(charter),
      ],
    },
  ];
}
