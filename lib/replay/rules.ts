// What one charter says of what happened, beside what another says. Only what was done is known: what an agent would have
// done instead is not.
import { askPolicyOf, judgeCommand, type Verdict } from "../asks/rules.ts";
import { wantsPasskey } from "../gates/step-up-rules.ts";
import { mayRetry } from "../leases/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { CENT } from "../prices/rules.ts";
import { ruleFor } from "../setup/rules.ts";
import { anyGlobMatches } from "../text/path-globs.ts";
import type { GivenApproval, ReplayedRun, ReplayRow, ReplayView } from "./schema.ts";

const MOST_ROWS = 50;

/** By what a charter says of one action: the sentence where it stops it or asks; null where it lets it be. */
type Says = ReadonlyMap<string, string | null>;

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const ASKED: Readonly<Record<Verdict, string | null>> = {
  ...{ quiet: null, allowed: null, denied: "refused", ask: "asked about" },
};

function ofCommands({ commands }: ReplayedRun, charter: Charter): [string, string | null][] {
  const policy = askPolicyOf(charter);
  return commands.map((argv) => {
    const what = ASKED[judgeCommand(policy, charter.environment.testArgv, argv).verdict];
    return [`command ${JSON.stringify(argv)}`, what && `A command is ${what}: ${argv.join(" ")}`];
  });
}

const tooMany = (count: number, noun: string, most: number): string | null =>
  most > 0 && count > most ? `The patch is refused for ${counted(count, noun)}; ${most} may change` : null;

function ofPatch(
  { paths, files, lines }: ReplayedRun,
  { scope, controls }: Charter,
): [string, string | null][] {
  if (paths === null) return [];
  const outside = paths.filter((path) => !anyGlobMatches(scope.allowedPaths, path));
  const forbidden = paths.filter((path) => anyGlobMatches(scope.forbiddenPaths, path));
  const guarded = paths.filter((path) => anyGlobMatches(scope.protectedPaths, path));
  const isExtra = controls.extraApproverOnFlags && guarded.length > 0;
  const named = (list: readonly string[]) => list.join(", ");
  const refusals = [
    outside.length > 0 ? `The patch is refused for ${named(outside)}` : null,
    forbidden.length > 0 ? `The patch is refused: forbidden are ${named(forbidden)}` : null,
    tooMany(files, "file", scope.maxFiles),
    tooMany(lines, "line", scope.maxChangedLines),
  ];
  return [
    ["patch", refusals.find((sentence) => sentence !== null) ?? null],
    ["protected", isExtra ? `The patch needs one approver more for ${named(guarded)}` : null],
  ];
}

/** Evidence that was there, and would not have counted. */
function ofEvidence({ canary }: ReplayedRun, { controls }: Charter): [string, string | null][] {
  if (canary === null) return [];
  const isWanted = controls.canary === "always" || (controls.canary === "known" && canary.isKnown);
  return [
    ["canary", isWanted && !canary.hasFailed ? "Its evidence opens no merge gate: no canary failed" : null],
  ];
}

function ofHosts({ hosts }: ReplayedRun, { environment }: Charter): [string, string | null][] {
  return hosts.map(({ host, port }) => {
    const isAllowed = ruleFor(environment.setupHosts, host, port) !== null;
    return [`host ${host}:${port}`, isAllowed ? null : `Setup does not reach ${host}:${port}`];
  });
}

const MICROS_A_DOLLAR = 1_000_000;
const dollars = (micros: number) => `$${(micros / MICROS_A_DOLLAR).toFixed(2)}`;

function ofLimits(run: ReplayedRun, charter: Charter): [string, string | null][] {
  const { controls } = charter;
  const { minutes, lost, chargedMicros } = run;
  const budget = controls.budgetRunCents * CENT;
  const isLong = minutes > controls.maxRunMinutes;
  return [
    [
      "time",
      isLong ? `It is ended after ${counted(controls.maxRunMinutes, "minute")}; it took ${minutes}` : null,
    ],
    [
      "attempts",
      mayRetry(charter, lost)
        ? null
        : `It fails when its runner was lost ${counted(controls.maxAttempts, "time")}`,
    ],
    [
      "cost",
      chargedMicros > budget
        ? `Its model stops at ${dollars(budget)}; it cost ${dollars(chargedMicros)}`
        : null,
    ],
  ];
}

const says = (run: ReplayedRun, charter: Charter): Says =>
  new Map([
    ...ofPatch(run, charter),
    ...ofEvidence(run, charter),
    ...ofCommands(run, charter),
    ...ofHosts(run, charter),
    ...ofLimits(run, charter),
  ]);

const MOST_SHOWN = 120;

const cut = (row: ReplayRow): ReplayRow =>
  row.sentence.length > MOST_SHOWN ? { ...row, sentence: `${row.sentence.slice(0, MOST_SHOWN)}…` } : row;

/** To be done once secrets are masked: what is left of one that was cut is not found. */
export const shortened = (view: ReplayView): ReplayView => ({
  ...view,
  stopped: view.stopped.map(cut),
  freed: view.freed.map(cut),
});

/** Gates that were approved, held against the own rules of another charter: one voice a person, of the roles that it names. */
function gatesUnder(
  { controls }: Charter,
  approvals: readonly GivenApproval[],
): Pick<ReplayView, "shortGates" | "approvedGates"> {
  const approved = approvals.filter(({ isApproved }) => isApproved);
  const gates = [...Map.groupBy(approved, ({ gate }) => gate).values()];
  const isShort = (given: readonly GivenApproval[]) => {
    const rule = controls.gates.find(({ gate }) => gate === given[0]?.kind);
    return (
      rule !== undefined &&
      given.filter(({ role }) => rule.roles.some((one) => one === role)).length < rule.needed
    );
  };
  return { shortGates: gates.filter(isShort).length, approvedGates: gates.length };
}

/** `older`: runs that are not among these. */
export function replay(
  runs: readonly ReplayedRun[],
  older: number,
  inForce: Charter,
  other: Charter,
  approvals: readonly GivenApproval[] = [],
): ReplayView {
  const stopped: ReplayRow[] = [];
  const freed: ReplayRow[] = [];
  let actions = 0;
  for (const run of runs) {
    const { runId, title, status } = run;
    const [now, then] = [says(run, inForce), says(run, other)];
    actions += then.size;
    for (const [action, sentence] of then) {
      const was = now.get(action) ?? null;
      if (sentence !== null && was === null) stopped.push({ runId, title, status, sentence });
      if (sentence === null && was !== null) freed.push({ runId, title, status, sentence: was });
    }
  }
  return {
    ...{ runs: runs.length, older, actions },
    ...{ stopped: stopped.slice(0, MOST_ROWS), stoppedCount: stopped.length },
    stoppedMerged: stopped.filter(({ status }) => status === "merged").length,
    ...{ freed: freed.slice(0, MOST_ROWS), freedCount: freed.length },
    unsigned: approvals.filter(({ kind, isSigned }) => !isSigned && wantsPasskey(other, kind)).length,
    approvals: approvals.length,
    ...gatesUnder(other, approvals),
  };
}
