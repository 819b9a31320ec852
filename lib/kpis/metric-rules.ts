// The numbers a pilot's success can be told by: what each is called, its unit, which way is better.
import type { Metric } from "../pilots/schema/goal.ts";
import type { MetricKpi } from "./schema.ts";

export interface MetricKind {
  readonly title: string;
  /** Behind a number: "h". */
  readonly unit: string;
  /** True where more is better. */
  readonly isAtLeast: boolean;
  /** What a row of it is. */
  readonly noun: "merge" | "run";
}

export const METRICS: Readonly<Record<MetricKpi, MetricKind>> = {
  throughput: { title: "Merged patches per week", unit: "a week", isAtLeast: true, noun: "merge" },
  agent_lead_time: { title: "Launch to merge, median", unit: "h", isAtLeast: false, noun: "merge" },
  review_to_merge: { title: "Review to merge, median", unit: "h", isAtLeast: false, noun: "merge" },
  merged_share: { title: "Runs that merged", unit: "%", isAtLeast: true, noun: "run" },
  rejected_share: { title: "Runs whose patch was rejected", unit: "%", isAtLeast: false, noun: "run" },
  failed_share: { title: "Runs that failed", unit: "%", isAtLeast: false, noun: "run" },
};

/** One digit behind the point where there is one to tell. */
const short = (value: number): string => String(Math.round(value * 10) / 10);

export const amountOf = (kpi: MetricKpi, value: number): string => `${short(value)} ${METRICS[kpi].unit}`;

export const targetOf = (kpi: MetricKpi, target: number): string =>
  `${METRICS[kpi].isAtLeast ? "≥" : "≤"} ${amountOf(kpi, target)}`;

/** As a person reads it: in the preview, in a comparison of versions. */
export function metricText({ kpi, target, baseline, source }: Metric): string {
  const { title, isAtLeast } = METRICS[kpi];
  const held = baseline === null ? "the first week" : `${amountOf(kpi, baseline)} (${source})`;
  return `${title}: ${isAtLeast ? "at least" : "at most"} ${amountOf(kpi, target)}, against ${held}`;
}

/** More than 0: so much is missing. */
export const distanceOf = (kpi: MetricKpi, value: number, target: number): number =>
  METRICS[kpi].isAtLeast ? target - value : value - target;

/** True where the target of one is at least as hard to reach. */
export const isAsHard = (kpi: MetricKpi, target: number, than: number): boolean =>
  METRICS[kpi].isAtLeast ? target >= than : target <= than;
