// From what stands in the form: how much the pilot will have seen when it ends. Pure.
import { type Expected, weeksUntil } from "#lib/kpis/power.ts";
import type { FormValues } from "#lib/pilots/form.ts";

const DAY = 24 * 60 * 60 * 1000;

const numberIn = (values: FormValues, name: string, least: number): number => {
  const text = values[name];
  const number = typeof text === "string" && /^[0-9]{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return Math.max(least, number);
};

/** The last day counts; what cannot be read yet counts as nothing. */
export function expectedOf(values: FormValues, now: number): Expected {
  const end = Date.parse(`${values["rollback.endsOn"]}T00:00:00Z`);
  return {
    perWeek: numberIn(values, "goal.runsPerWeek", 0),
    weeks: Number.isNaN(end) ? 0 : weeksUntil(now, end + DAY),
    minimumSample: numberIn(values, "kpis.minimumSample", 2),
  };
}
