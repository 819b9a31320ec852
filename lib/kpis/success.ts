// The charter's success metrics: what each is now, how far from its target, and what it is held against.
import { HOUR } from "../clock.ts";
import type { Metric } from "../pilots/schema/goal.ts";
import { distanceOf, METRICS } from "./metric-rules.ts";
import { duration, type Observed, share, throughput } from "./rules.ts";
import type { FactRow, Interval, Judgement, MetricKpi, MetricReport, Outcome, Pace } from "./schema.ts";

const WEEK = 7 * 24 * HOUR;

type Value = Judgement & {
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly sample: number;
};

const SHARES = {
  merged_share: "merged",
  rejected_share: "rejected",
  failed_share: "failed",
} as const satisfies Partial<Record<MetricKpi, Outcome>>;

const inHours = ({ low, high }: Interval): Interval => ({ low: low / HOUR, high: high / HOUR });

function numberOf(
  facts: readonly FactRow[],
  kpi: MetricKpi,
  target: number,
  minimum: number,
  observed: Observed,
): Value {
  switch (kpi) {
    case "throughput": {
      const { perWeek, interval, sample, verdict, needed } = throughput(facts, target, minimum, observed);
      return { value: perWeek, interval, sample, verdict, needed };
    }
    case "agent_lead_time":
    case "review_to_merge": {
      const of = kpi === "agent_lead_time" ? "leadTime" : "reviewToMerge";
      const { median, interval, sample, verdict, needed } = duration(
        facts,
        of,
        target * HOUR,
        minimum,
        observed.now,
      );
      const value = median === null ? null : median / HOUR;
      return { value, interval: interval && inHours(interval), sample, verdict, needed };
    }
    case "merged_share":
    case "rejected_share":
    case "failed_share":
      return share(facts, SHARES[kpi], { target, atLeast: METRICS[kpi].isAtLeast }, minimum);
  }
}

/** When a run began to count for the number. */
const countedAt = (kpi: MetricKpi, { mergedAt, endedAt }: FactRow): Date | null =>
  METRICS[kpi].noun === "merge" ? mergedAt : endedAt;

/** Of the first week alone, once it is over; fewer rows than any verdict needs are still what there was. */
function firstWeek(
  facts: readonly FactRow[],
  { kpi, target }: Metric,
  activatedAt: number,
  now: number,
): number | null {
  if (now - activatedAt < WEEK) return null;
  const end = activatedAt + WEEK;
  const early = facts.filter((fact) => (countedAt(kpi, fact)?.getTime() ?? Number.POSITIVE_INFINITY) < end);
  return numberOf(early, kpi, target, 1, { milliseconds: WEEK, now }).value;
}

export interface Span extends Observed {
  readonly activatedAt: number;
}

export const metricReports = (
  facts: readonly FactRow[],
  metrics: readonly Metric[],
  minimumSample: number,
  span: Span,
): MetricReport[] =>
  metrics.map((metric) => {
    const { kpi, target, baseline, source } = metric;
    const now = numberOf(facts, kpi, target, minimumSample, span);
    const isMeasured = baseline === null;
    const held = isMeasured ? firstWeek(facts, metric, span.activatedAt, span.now) : baseline;
    return {
      ...{ kpi, target, minimumSample, ...now },
      baseline: { value: held, source, isMeasured },
      distance: now.value === null ? null : distanceOf(kpi, now.value, target),
    };
  });

export function paceOf(facts: readonly FactRow[], expected: number, { milliseconds }: Observed): Pace {
  const weeks = milliseconds / WEEK;
  return { expected, launched: weeks < 1 ? null : facts.length / weeks };
}
