// The charter's success metrics: what each is now, how far from its target, and what it is held against.
import type { Metric } from "../pilots/schema/goal.ts";
import { distanceOf } from "./metric-rules.ts";
import type { MetricKpi } from "./schema/kpi-id.ts";
import type { KpiReading } from "./schema/reading.ts";
import type { MetricReport, Pace } from "./schema.ts";
import { judgementOf } from "./verdict-rules.ts";

const WEEK = 7 * 24 * 60 * 60 * 1000;

export interface MetricReadings {
  /** Since the pilot began to be measured. */
  readonly now: KpiReading;
  /** Of the weeks it is held against, however few rows they have; null while they are not over. */
  readonly before: KpiReading | null;
  readonly isWithoutAgents: boolean;
}

export const metricReports = (
  metrics: readonly Metric[],
  readings: ReadonlyMap<MetricKpi, MetricReadings>,
): MetricReport[] =>
  metrics.flatMap(({ kpi, target, baseline, source }) => {
    const read = readings.get(kpi);
    if (!read) return [];
    const { value, interval, sample, minimumSample } = read.now;
    const isMeasured = baseline === null;
    return {
      ...{ kpi, target, value, interval, sample, minimumSample, ...judgementOf(read.now, target) },
      baseline: {
        ...{ source, isMeasured, isWithoutAgents: isMeasured && read.isWithoutAgents },
        value: isMeasured ? (read.before?.value ?? null) : baseline,
      },
      distance: value === null ? null : distanceOf(kpi, value, target),
    };
  });

/** `milliseconds`: how long the pilot has been measured. */
export function paceOf(launched: number, expected: number, milliseconds: number): Pace {
  const weeks = milliseconds / WEEK;
  return { expected, launched: weeks < 1 ? null : launched / weeks };
}
