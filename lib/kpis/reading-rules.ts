// What the rows of a number come to: its value, how sure it is, and what is missing. Pure.
import { KPIS } from "./definitions/registry.ts";
import type { KpiId } from "./schema/kpi-id.ts";
import type { KpiReading } from "./schema/reading.ts";
import type { Interval } from "./schema.ts";
import { bootstrap, bootstrapMean, poisson, wilson, Z } from "./statistics.ts";
import { durationsOf, survivalInterval, survivalQuantile } from "./survival.ts";

const WEEK = 7 * 24 * 60 * 60 * 1000;

/** Of the rows of a window. Those that mature are in `maturing` alone, those that are not over in `censored` and `lasting`. */
export interface RowSums {
  readonly rows: number;
  readonly hits: number;
  readonly maturing: number;
  readonly provisional: number;
  readonly censored: number;
  readonly total: number | null;
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly median: number | null;
  readonly p90: number | null;
  /** Ascending; null where there are too many to resample and all are over. */
  readonly values: readonly number[] | null;
  /** How long what is not over has lasted. */
  readonly lasting: readonly number[];
  /** Values at the two ranks between which the median lies with 95 %. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Resampling more than these takes long and tells what their ranks and their spread tell. */
const FEW = 250;
/** The same of durations some of which are not over: resampling more would take seconds. */
export const MOST_RESAMPLED = 1000;

/** Of many values, by the spread of their mean. */
const wide = (mean: number, deviation: number | null, rows: number): Interval => {
  const half = (Z * (deviation ?? 0)) / Math.sqrt(rows);
  return { low: mean - half, high: mean + half };
};

const scaled = ({ low, high }: Interval, by: number): Interval => ({ low: low * by, high: high * by });

export function nothingOf(kpi: KpiId, minimumSample: number): KpiReading {
  const amounts = { value: null, p90: null, interval: null, numerator: null, denominator: null };
  const counts = { sample: 0, minimumSample, provisional: 0, maturing: 0, censored: 0 };
  return { kpi, state: "not_connected", ...amounts, ...counts, projection: null };
}

type Told = Partial<Pick<KpiReading, "value" | "p90" | "interval" | "numerator" | "denominator" | "sample">>;

/** `milliseconds`: the window's length, as far as it has passed. */
export function readingOf(
  kpi: KpiId,
  sums: RowSums,
  milliseconds: number,
  minimumSample: number,
): KpiReading {
  const { rows, provisional, maturing, censored } = sums;
  const told = tell(kpi, sums, milliseconds / WEEK, minimumSample);
  const counts = { sample: rows, provisional, maturing, censored };
  const state = (told.value ?? null) === null ? "too_few" : "value";
  return { ...nothingOf(kpi, minimumSample), ...counts, ...told, state };
}

function tell(kpi: KpiId, sums: RowSums, weeks: number, minimumSample: number): Told {
  const { rows, hits, total, mean, deviation, values, censored } = sums;
  const isEnough = rows > 0 && rows >= minimumSample;
  switch (KPIS[kpi].statistic) {
    case "median":
      return medianOf(sums, minimumSample);
    case "rate": {
      const counted = { numerator: hits, denominator: rows };
      if (!isEnough) return counted;
      return { ...counted, value: (100 * hits) / rows, interval: scaled(wilson(hits, rows), 100) };
    }
    case "count_per_week": {
      const counted = { numerator: rows, denominator: weeks };
      // A week that is not over says nothing of a week.
      if (weeks < 1) return counted;
      return { ...counted, value: rows / weeks, interval: scaled(poisson(rows), 1 / weeks) };
    }
    case "sum":
      return { value: hits, interval: poisson(hits), numerator: hits, denominator: rows };
    case "mean": {
      if (!isEnough || mean === null) return { numerator: total, denominator: rows };
      const isFew = values !== null && values.length <= FEW;
      const interval = isFew ? bootstrapMean(values) : wide(mean, deviation, rows);
      return { value: mean, interval, numerator: total, denominator: rows };
    }
    case "ratio": {
      const counted = { numerator: total ?? 0, denominator: hits, sample: hits };
      if (hits === 0 || hits < minimumSample) return counted;
      const { low, high } = poisson(hits);
      const spent = total ?? 0;
      return { ...counted, value: spent / hits, interval: { low: spent / high, high: spent / low } };
    }
    // Weeks of which too few people were counted are missing: a sum without them would be another number.
    case "total":
      return censored > 0 || rows === 0 ? {} : { value: total ?? 0 };
    case "share":
      return {};
  }
}

/** The two ranks between which the median lies with 95 %, counting what is not over as lasting on. */
function byRanks(durations: Parameters<typeof survivalQuantile>[0]): Interval | null {
  const half = Z / 2 / Math.sqrt(durations.length);
  const low = survivalQuantile(durations, 0.5 - half);
  const high = survivalQuantile(durations, 0.5 + half);
  return low === null || high === null ? null : { low, high };
}

function medianOf(sums: RowSums, minimumSample: number): Told {
  const { rows, censored, median, p90, values, lasting, low, high } = sums;
  // What is not over says something too: five of which none has ended are five.
  if (rows === 0 || rows + censored < minimumSample) return {};
  if (values === null || (lasting.length === 0 && values.length > FEW)) {
    return { value: median, p90, interval: low === null || high === null ? null : { low, high } };
  }
  if (lasting.length === 0) return { value: median, p90, interval: bootstrap(values, 0.5) };
  const durations = durationsOf(values, lasting);
  return {
    value: survivalQuantile(durations, 0.5),
    p90: survivalQuantile(durations, 0.9),
    interval: values.length > MOST_RESAMPLED ? byRanks(durations) : survivalInterval(durations, 0.5),
  };
}
