// What a tripwire may watch: how each number is called, in which unit its bound is written, what it counts.
import type { KpiUnit } from "../kpis/definitions/definition.ts";
import { KPIS } from "../kpis/definitions/registry.ts";
import { CountMeasure, KpiMeasure, ShareMeasure, type TripMeasure } from "./schema.ts";

export interface Measure {
  readonly title: string;
  /** As it stands behind a number; empty for what is only counted. */
  readonly unit: KpiUnit | "";
  /** What a row of it is. */
  readonly noun: string;
}

const COUNTS: Readonly<Record<CountMeasure, Measure>> = {
  launched_runs: { title: "Runs launched", unit: "", noun: "run" },
  failed_runs: { title: "Runs that failed", unit: "", noun: "run" },
  merges: { title: "Merges", unit: "", noun: "merge" },
  reverted_merges: { title: "Merges that were reverted", unit: "", noun: "merge" },
  critical_findings: { title: "Critical findings", unit: "", noun: "finding" },
  denied_hosts: { title: "Connections that were denied", unit: "", noun: "run" },
  incidents: { title: "Incidents", unit: "", noun: "incident" },
  spend: { title: "Spend on models", unit: "USD", noun: "call" },
};

const SHARES: Readonly<Record<ShareMeasure, Measure>> = {
  revert_rate: { title: "Merges that were reverted by now", unit: "%", noun: "merge" },
  escaped_rate: { title: "Merges that were reverted or broken again by now", unit: "%", noun: "merge" },
};

export const isShare = (measure: TripMeasure): measure is ShareMeasure =>
  (ShareMeasure.options as readonly string[]).includes(measure);

export const isKpi = (measure: TripMeasure): measure is KpiMeasure =>
  (KpiMeasure.options as readonly string[]).includes(measure);

export const isCount = (measure: TripMeasure): measure is CountMeasure =>
  (CountMeasure.options as readonly string[]).includes(measure);

/** Numbers of lib/kpis are called as they are there. */
export function measureOf(measure: TripMeasure): Measure {
  if (isCount(measure)) return COUNTS[measure];
  return isShare(measure) ? SHARES[measure] : KPIS[measure];
}

/** Rows below which a wire that names none says nothing: one thing counted is enough, one row of a rate is not. */
export const usualMinimum = (measure: TripMeasure): number => (isCount(measure) ? 1 : 5);
