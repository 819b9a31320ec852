// When the numbers of a pilot are to be looked at: counted in days from its activation, in its time zone, and once at its end.
import type { Cadence } from "../pilots/schema/kpis.ts";

const DAYS: Readonly<Record<Exclude<Cadence, "never">, number>> = { daily: 1, weekly: 7, fortnightly: 14 };

const DAY = 24 * 60 * 60 * 1000;
const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY;
const dayOf = (number: number): string => new Date(number * DAY).toISOString().slice(0, 10);

export interface Reviewed {
  readonly cadence: Cadence;
  /** Days as 2030-12-31, in the pilot's time zone. */
  readonly activatedOn: string;
  readonly endsOn: string;
  readonly today: string;
}

export interface ReviewDays {
  readonly due: string | null;
  readonly next: string | null;
}

/** `due`: the newest day that has come; `next`: the one that follows. Null where there is none. */
export function reviewDays({ cadence, activatedOn, endsOn, today }: Reviewed): ReviewDays {
  if (cadence === "never") return { due: null, next: null };
  const [start, end, now] = [dayNumber(activatedOn), dayNumber(endsOn), dayNumber(today)];
  if (now >= end) return { due: endsOn, next: null };
  const every = DAYS[cadence];
  const past = Math.floor((now - start) / every);
  const next = Math.min(end, start + (past + 1) * every);
  return { due: past < 1 ? null : dayOf(start + past * every), next: dayOf(next) };
}
