// The line of what is left of a budget, and where it goes on like this. Pure.
import { DAY } from "#lib/clock.ts";
import type { Spend } from "#lib/spend/schema.ts";
import { formatDay, formatMicros } from "../format.ts";
import type { ChartPoint } from "../kpis/marked-chart.tsx";

export const DOLLAR = 1_000_000;

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** A point for every day up to the charter's end: what was left, what will be, and an even way to nothing. */
export function burnPoints({ days, budgetMicros, endsOn, projection }: Spend): ChartPoint[] {
  const [first, last] = [days[0]?.day, days.at(-1)];
  if (first === undefined || !last) return [];
  const end = endsOn > last.day ? endsOn : last.day;
  const length = Math.max(1, Math.round((at(endsOn) - at(first)) / DAY));
  const ahead = Math.max(1, Math.round((at(endsOn) - at(last.day)) / DAY));
  const left = new Map(days.map(({ day, leftMicros }) => [day, leftMicros]));
  const points: ChartPoint[] = [];
  for (let day = first, nth = 0; day <= end; nth++, day = dayOf(at(first) + nth * DAY)) {
    const known = left.get(day);
    const passed = Math.round((at(day) - at(last.day)) / DAY) / ahead;
    const towards = (micros: number) => (last.leftMicros + (micros - last.leftMicros) * passed) / DOLLAR;
    const isAhead = projection !== null && day >= last.day;
    points.push({
      at: formatDay(day),
      value: known === undefined ? null : known / DOLLAR,
      band: isAhead ? [towards(projection.left.interval.low), towards(projection.left.interval.high)] : null,
      ahead: isAhead ? towards(projection.left.micros) : null,
      aim: Math.max(0, budgetMicros * (1 - nth / length)) / DOLLAR,
    });
  }
  return points;
}

/** How it was told, in words. */
export function projectionWords({ projection, endsOn }: Spend): string {
  if (!projection) return "There is no projection before two days are over, nor after the end.";
  const { perDayMicros, days, left, usedUpOn } = projection;
  const end = usedUpOn
    ? `the budget is used up on ${formatDay(usedUpOn)}`
    : `${formatMicros(left.micros)} will be left on ${formatDay(endsOn)}`;
  return `If every day to come costs ${formatMicros(perDayMicros)}, as the last ${days} that are over did on average, ${end}; at the end between ${formatMicros(left.interval.low)} and ${formatMicros(left.interval.high)} with 95 % (bootstrap of those days). The dashed line from the top is an even use of the budget.`;
}
