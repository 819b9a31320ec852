// What is left of a budget day by day, and where it goes on like this. Pure.
import { DAY } from "../clock.ts";
import type { Interval } from "../kpis/schema.ts";
import { bootstrapMean } from "../kpis/statistics.ts";
import type { BurnDay, Projection } from "./schema.ts";

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
export const daysBetween = (from: string, to: string): number => Math.round((at(to) - at(from)) / DAY);

/** Every day from the first to the last, those on which nothing was spent too. */
export function burnDays(
  spent: ReadonlyMap<string, number>,
  { first, last, budgetMicros }: { first: string; last: string; budgetMicros: number },
): BurnDay[] {
  // A call may be charged to a day before the one the pilot is said to have begun on.
  const from = [first, ...spent.keys()].reduce((least, day) => (day < least ? day : least));
  const days: BurnDay[] = [];
  let left = budgetMicros;
  for (let day = from; day <= last; day = dayOf(at(day) + DAY)) {
    const micros = spent.get(day) ?? 0;
    left -= micros;
    days.push({ day, micros, leftMicros: left });
  }
  return days;
}

/** Days that are told from; today is not over and is none of them. */
export const PROJECTED_FROM = 14;

/** Every day to come costs what the last days did on average; the interval is 95 %, a bootstrap of their mean. */
export function projectionOf(days: readonly BurnDay[], today: string, endsOn: string): Projection | null {
  const over = days.filter(({ day }) => day < today).slice(-PROJECTED_FROM);
  const last = days.at(-1);
  if (over.length < 2 || !last || endsOn <= today) return null;
  const micros = over.map((one) => one.micros);
  const perDayMicros = micros.reduce((sum, one) => sum + one, 0) / micros.length;
  const mean = bootstrapMean(micros);
  const ahead = daysBetween(today, endsOn);
  const leftAfter = (perDay: number) => last.leftMicros - perDay * ahead;
  const interval: Interval = { low: leftAfter(mean.high), high: leftAfter(mean.low) };
  const lasts = perDayMicros > 0 ? Math.max(0, Math.floor(last.leftMicros / perDayMicros)) : ahead;
  return {
    ...{ perDayMicros, days: over.length },
    left: { micros: leftAfter(perDayMicros), interval },
    usedUpOn: leftAfter(perDayMicros) < 0 ? dayOf(at(today) + lasts * DAY) : null,
  };
}
