// How far a budget is spent, and where it goes on like this. Pure.
import type { KpiReading } from "./schema/reading.ts";

const DAY = 24 * 60 * 60 * 1000;
const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY;

export interface Burn {
  readonly budgetMicros: number;
  /** First day and last day of the window, today included: as 2030-12-31, in the pilot's time zone. */
  readonly fromDay: string;
  readonly today: string;
  readonly endsOn: string;
  /** Milliseconds. */
  readonly now: number;
}

/** Every other day costs what a day of the window did. */
export function burnOf(
  { spentMicros, inWindowMicros }: { readonly spentMicros: number; readonly inWindowMicros: number },
  { budgetMicros, fromDay, today, endsOn, now }: Burn,
): Pick<KpiReading, "state" | "value" | "numerator" | "denominator" | "sample" | "projection"> {
  const perDay = inWindowMicros / (dayNumber(today) - dayNumber(fromDay) + 1);
  const daysLeft = Math.max(0, dayNumber(endsOn) - dayNumber(today));
  const left = Math.max(0, budgetMicros - spentMicros);
  const atEnd = (100 * (spentMicros + perDay * daysLeft)) / budgetMicros;
  const usedUpAt = perDay > 0 && left <= perDay * daysLeft ? new Date(now + (left / perDay) * DAY) : null;
  return {
    ...{ state: "value", value: (100 * spentMicros) / budgetMicros, sample: 1 },
    ...{ numerator: spentMicros / 1_000_000, denominator: budgetMicros / 1_000_000 },
    projection: { atEnd, usedUpAt },
  };
}
