// How numbers and their targets are written.
import type { Metric } from "../pilots/schema/goal.ts";
import { KPIS } from "./definitions/registry.ts";
import type { KpiId } from "./schema/kpi-id.ts";

/** One digit behind the point where there is one to tell, two of money. */
const short = (kpi: KpiId, value: number): string => {
  const by = KPIS[kpi].unit === "USD" ? 100 : 10;
  return String(Math.round(value * by) / by);
};

export const amountOf = (kpi: KpiId, value: number): string => `${short(kpi, value)} ${KPIS[kpi].unit}`;

/** True where more is better. */
export const isAtLeast = (kpi: KpiId): boolean => KPIS[kpi].better === "more";

export const targetOf = (kpi: KpiId, target: number): string =>
  `${isAtLeast(kpi) ? "≥" : "≤"} ${amountOf(kpi, target)}`;

/** As a person reads it: in the preview, in a comparison of versions. */
export function metricText({ kpi, target, baseline, source }: Metric): string {
  const held = baseline === null ? "the first week" : `${amountOf(kpi, baseline)} (${source})`;
  return `${KPIS[kpi].title}: ${isAtLeast(kpi) ? "at least" : "at most"} ${amountOf(kpi, target)}, against ${held}`;
}

/** More than 0: so much is missing. */
export const distanceOf = (kpi: KpiId, value: number, target: number): number =>
  isAtLeast(kpi) ? target - value : value - target;

/** True where the target of one is at least as hard to reach. */
export const isAsHard = (kpi: KpiId, target: number, than: number): boolean =>
  isAtLeast(kpi) ? target >= than : target <= than;
