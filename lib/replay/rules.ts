// What one charter says of what happened, beside what another says. Only what was done is known: what an agent would have
// done instead is not.
import { askPolicyOf, judgeCommand, type Verdict } from "../asks/rules.ts";
import { mayRetry } from "../leases/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { CENT } from "../prices/rules.ts";
import { ruleFor } from "../setup/rules.ts";
import { anyGlobMatches } from "../text/path-globs.ts";
import type { ReplayedRun, ReplayRow, ReplayView } from "./schema.ts";

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

function ofPatch({ paths }: ReplayedRun, { scope, controls }: Charter): [string, string | null][] {
  if (paths === null) return [];
  const outside = paths.filter((path) => !anyGlobMatches(scope.allowedPaths, path));
  const guarded = paths.filter((path) => anyGlobMatches(scope.protectedPaths, path));
  const isExtra = controls.extraApproverOnFlags && guarded.length > 0;
  const named = (list: readonly string[]) => list.join(", ");
  return [
    ["patch", outside.length > 0 ? `The patch is refused for ${named(outside)}` : null],
    ["protected", isExtra ? `The patch needs one approver more for ${named(guarded)}` : null],
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

/** `older`: runs that are not among these. */
export function replay(
  runs: readonly ReplayedRun[],
  older: number,
  inForce: Charter,
  other: Charter,
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
  };
}
