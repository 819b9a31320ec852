// What a pilot's numbers will be able to tell, said before it begins: how far each may be from what it seems.
import type { KpiNoun } from "./definitions/definition.ts";
import { KPIS } from "./definitions/registry.ts";
import type { MetricKpi } from "./schema/kpi-id.ts";
import { Z } from "./statistics.ts";

/** Normal quantile at which four of five true differences are found. */
const FOUND = 0.8416212335729143;

/** Where a share is nearest to chance; every other one is told better. */
const WORST = 0.5;

const WEEK = 7 * 24 * 60 * 60 * 1000;

export interface Power {
  readonly rows: number;
  /** Percentage points by which the difference of two shares may be off, with 95 % confidence. */
  readonly points: number;
  /** The smallest difference in points that would be found four times of five. */
  readonly detectable: number;
}

/**
 * Of a share over so many rows, held against a baseline of as many: 6 a week are ±28 points by week 4. Null where there
 * are no rows, or fewer than it takes for any verdict.
 */
export function powerOf(rows: number, minimumSample = 2): Power | null {
  if (rows < Math.max(1, minimumSample)) return null;
  const error = Math.sqrt((2 * WORST * (1 - WORST)) / rows);
  const points = (factor: number) => Math.min(100, Math.round(100 * factor * error));
  return { rows, points: points(Z), detectable: points(Z + FOUND) };
}

/** Whole weeks from now until the last day has passed; both in milliseconds. */
export const weeksUntil = (now: number, end: number): number => Math.max(0, Math.floor((end - now) / WEEK));

/** As the form says it. */
export function forecast(perWeek: number, weeks: number, minimumSample: number): string {
  const power = powerOf(perWeek * weeks, minimumSample);
  if (weeks < 1) return "It ends within a week; no share can be told by then.";
  if (power === null)
    return `${perWeek} a week are ${perWeek * weeks} by week ${weeks}: fewer than the minimum sample of ${minimumSample}, so no verdict is given.`;
  return `${perWeek} a week → ±${power.points} points by week ${weeks}; a difference of ${power.detectable} points would be found four times of five.`;
}

export interface Expected {
  /** Runs; 0: nobody said. */
  readonly perWeek: number;
  /** Until the end. */
  readonly weeks: number;
  readonly minimumSample: number;
}

export interface Forecast {
  readonly sentence: string;
  /** No verdict will be given before the end. */
  readonly isShort: boolean;
}

/** Of one number, where every run gives it a row: of those that need a merge there will be fewer. */
export function metricForecast(kpi: MetricKpi, { perWeek, weeks, minimumSample }: Expected): Forecast {
  const { noun, statistic } = KPIS[kpi];
  const most = RISES[noun];
  if (most === undefined)
    return { sentence: "How much it will tell depends on how often it happens.", isShort: false };
  const rows = perWeek * weeks;
  if (perWeek === 0)
    return { sentence: "Say how many runs a week are expected to read what it will tell.", isShort: false };
  const isShort = weeks < 1 || rows < minimumSample;
  if (isShort || statistic === "rate")
    return { sentence: forecast(perWeek, weeks, minimumSample) + most.rate, isShort };
  if (statistic === "median") {
    // The ranks between which a median lies, whatever the times are like.
    const points = Math.min(50, Math.round((100 * Z * 0.5) / Math.sqrt(rows)));
    return {
      sentence: `${perWeek} a week → by week ${weeks} the median is known to lie between percentiles ${50 - points} and ${50 + points}${most.rest}.`,
      isShort,
    };
  }
  if (statistic === "mean") {
    const percent = Math.round((100 * Z) / Math.sqrt(rows));
    return {
      sentence: `${perWeek} a week → by week ${weeks} the mean is known to about ±${percent} %, where runs differ as much as they cost.`,
      isShort,
    };
  }
  const off = Math.round((10 * Z * Math.sqrt(rows)) / weeks) / 10;
  return { sentence: `${perWeek} a week → ±${off} a week by week ${weeks}${most.rest}.`, isShort };
}

/** Nouns of which every run gives at most one row, and what is said of that. */
const RISES: Partial<Record<KpiNoun, { readonly rate: string; readonly rest: string }>> = {
  run: { rate: "", rest: "" },
  patch: { rate: "", rest: "" },
  merge: { rate: "", rest: ", if every run merges" },
};
