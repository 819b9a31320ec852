// What a number says of its target: met, missed, or cannot tell and about how many rows more would. Pure.
import { KPIS } from "./definitions/registry.ts";
import type { KpiReading } from "./schema/reading.ts";
import type { Interval, Judgement } from "./schema.ts";
import { Z } from "./statistics.ts";

/** Beyond this many rows a forecast says nothing anybody can plan with. */
const FORESEEABLE = 1000;

/** The whole interval has to lie on one side of the target. */
function judge(interval: Interval, target: number, isAtLeast: boolean): "met" | "missed" | "cannot_tell" {
  if (isAtLeast ? interval.low >= target : interval.high <= target) return "met";
  if (isAtLeast ? interval.high < target : interval.low > target) return "missed";
  return "cannot_tell";
}

const foreseen = (rows: number): number | null =>
  Number.isFinite(rows) && rows <= FORESEEABLE ? Math.max(1, Math.ceil(rows)) : null;

/** Until an interval that shrinks with the root of the sample leaves the target outside. */
function rowsNeeded(sample: number, interval: Interval, value: number, target: number): number | null {
  const half = (interval.high - interval.low) / 2;
  return foreseen(sample * ((half / Math.abs(value - target)) ** 2 - 1));
}

/** Until the Poisson interval, about `Z·√n` wide to each side, leaves the target outside. */
const countsNeeded = (count: number, perWeek: number, target: number): number | null =>
  foreseen((Z / (Math.abs(perWeek - target) / perWeek)) ** 2 - count);

const cannotTell = (needed: number | null): Judgement => ({ verdict: "cannot_tell", needed });

/** Rows the value still lacks; null where it lacks none. */
export const missingRows = ({ sample, censored, minimumSample }: KpiReading): number | null =>
  sample + censored < minimumSample ? minimumSample - sample - censored : null;

/** `target` in the unit of the number; null where nothing was aimed at. */
export function judgementOf(reading: KpiReading, target: number | null): Judgement {
  const missing = missingRows(reading);
  if (target === null) return { verdict: null, needed: reading.value === null ? missing : null };
  const { statistic, better } = KPIS[reading.kpi];
  const { value, interval, sample } = reading;
  if (value === null) return cannotTell(missing);
  if (statistic === "sum") {
    // What is confirmed stays so; what matures may yet make up for the rest.
    return value >= target ? { verdict: "met", needed: null } : cannotTell(foreseen(target - value));
  }
  if (!interval) return cannotTell(null);
  const isAtLeast = better === "more";
  const verdict = judge(interval, target, isAtLeast);
  if (statistic === "count_per_week") {
    // Few in a long time are themselves the finding: too few of what there should be, or no more than there may be.
    const isOfFew = isAtLeast ? verdict === "missed" : verdict === "met";
    if (missing !== null && !isOfFew) return cannotTell(missing);
    return verdict === "cannot_tell"
      ? cannotTell(countsNeeded(sample, value, target))
      : { verdict, needed: null };
  }
  return verdict === "cannot_tell"
    ? cannotTell(rowsNeeded(sample, interval, value, target))
    : { verdict, needed: null };
}
