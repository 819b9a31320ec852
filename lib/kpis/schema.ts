import { z } from "zod";
import type { MetricKpi } from "./schema/kpi-id.ts";

export const Kpi = z.enum(["throughput", "agent_lead_time", "review_to_merge", "outcomes"]);
export type Kpi = z.infer<typeof Kpi>;

/** `no_change`: the agent ended properly and proposed nothing. `failed`: something broke down. */
export const Outcome = z.enum(["merged", "rejected", "no_change", "failed", "cancelled"]);
export type Outcome = z.infer<typeof Outcome>;

export const KpiQuery = z.strictObject({
  pilotId: z.string().min(1),
  /** Left out: all agents together. */
  agentId: z.string().min(1).optional(),
});
export type KpiQuery = z.infer<typeof KpiQuery>;

export const KpiRowsQuery = KpiQuery.extend({
  kpi: Kpi,
  outcome: Outcome.optional(),
  /** Monday of a week in the pilot's time zone. */
  week: z.iso.date("Write the week's Monday as 2030-12-30.").optional(),
});
export type KpiRowsQuery = z.infer<typeof KpiRowsQuery>;

export type Verdict = "met" | "missed" | "cannot_tell";

/** 95 %. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Judgement {
  /** Null where nothing was aimed at. */
  readonly verdict: Verdict | null;
  /** About how many rows more would settle it; null when it is settled, or would take too many to say. */
  readonly needed: number | null;
}

interface Sample {
  /** Rows the number rests on. */
  readonly sample: number;
  readonly minimumSample: number;
  /** Of those, merges younger than 14 days: they can still be reverted. */
  readonly provisional: number;
}

/** Merged patches per week since activation; weeks are a duration, not calendar weeks. */
export interface ThroughputKpi extends Sample, Judgement {
  /** Null before the first week is over. */
  readonly perWeek: number | null;
  readonly interval: Interval | null;
  readonly weeks: number;
  /** At least; null where the charter aims at none. */
  readonly target: number | null;
}

/** All in milliseconds. Null below the minimum sample. */
export interface DurationKpi extends Sample, Judgement {
  readonly median: number | null;
  readonly p90: number | null;
  /** Of the median. */
  readonly interval: Interval | null;
  /** At most; null where the charter aims at none. */
  readonly target: number | null;
}

export interface OutcomeShare {
  readonly outcome: Outcome;
  readonly count: number;
  /** Of all ended runs; null below the minimum sample. */
  readonly rate: number | null;
  readonly interval: Interval | null;
  /** Leases its runs took together. */
  readonly attempts: number;
}

export interface OutcomesKpi {
  readonly ended: number;
  readonly open: number;
  readonly minimumSample: number;
  readonly shares: readonly OutcomeShare[];
}

/** A success metric of the charter, in the unit it is written in. */
export interface MetricReport extends Judgement {
  readonly kpi: MetricKpi;
  readonly target: number;
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly sample: number;
  readonly minimumSample: number;
  /** `isMeasured`: the pilot's own first week is what it is held against; `value` is null while that is not known. */
  readonly baseline: {
    readonly value: number | null;
    readonly source: string;
    readonly isMeasured: boolean;
    /** Measured before agents were let in, and not in the first week with them. */
    readonly isWithoutAgents: boolean;
  };
  /** From the target; more than 0: it is not reached. Null while there is no value. */
  readonly distance: number | null;
}

/** Runs a week, as the charter expected them and as they came. */
export interface Pace {
  readonly expected: number;
  /** Null before the first week is over. */
  readonly launched: number | null;
}

export interface KpiWeek {
  /** Its Monday, as 2030-12-30, in the pilot's time zone. */
  readonly week: string;
  readonly launched: number;
  readonly merged: number;
  readonly rejected: number;
  readonly noChange: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Medians of what was merged in the week, milliseconds; null where nothing was. */
  readonly leadTime: number | null;
  readonly reviewToMerge: number | null;
  /** The week is not over, or began before the pilot did. */
  readonly partial: boolean;
}

export interface KpiReport {
  readonly pilotId: string;
  readonly pilotName: string;
  readonly timeZone: string;
  readonly asOf: Date;
  readonly throughput: ThroughputKpi;
  readonly agentLeadTime: DurationKpi;
  readonly reviewToMerge: DurationKpi;
  readonly outcomes: OutcomesKpi;
  readonly metrics: readonly MetricReport[];
  readonly pace: Pace;
  /** Oldest first. */
  readonly weeks: readonly KpiWeek[];
}

/** A run behind a number. Durations in milliseconds. */
export interface FactRow {
  readonly runId: string;
  readonly title: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly outcome: Outcome | null;
  readonly attempts: number;
  readonly launchedAt: Date;
  readonly reviewOpenedAt: Date | null;
  readonly mergedAt: Date | null;
  readonly endedAt: Date | null;
  readonly leadTime: number | null;
  readonly reviewToMerge: number | null;
  /** Merged less than 14 days ago. */
  readonly provisional: boolean;
}
