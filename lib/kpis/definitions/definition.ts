// What a number is. One definition feeds the query, the page, its tooltip, the charter's choice, the tripwires and docs/kpis.md.
import type { KpiId } from "../schema/kpi-id.ts";

/**
 * `median`: of durations, with the 90th percentile. `rate`: hits of rows. `count_per_week`: rows by weeks. `sum`: rows that
 * are hits. `mean`: of amounts. `ratio`: amounts together by hits. `share`: of one amount that is there once. `total`: amounts together, where none is hidden.
 */
export type KpiStatistic =
  | "median"
  | "rate"
  | "count_per_week"
  | "sum"
  | "mean"
  | "ratio"
  | "share"
  | "total";

export type KpiUnit = "a week" | "h" | "s" | "%" | "USD" | "fixes" | "min" | "of 5";

/** What a row of it is. */
export type KpiNoun =
  | "merge"
  | "run"
  | "patch"
  | "gate"
  | "finding"
  | "lease"
  | "red stretch"
  | "change"
  | "deployment"
  | "page"
  | "charge"
  | "cluster"
  | "test"
  | "document"
  | "week";

export type SplitName = "agentId" | "model" | "repositoryId" | "kind" | "author";

export interface KpiDefinition {
  readonly title: string;
  /** Behind a number: "h". */
  readonly unit: KpiUnit;
  readonly better: "more" | "less";
  /** The number that would suffer if this one were gamed. */
  readonly pair: KpiId | null;
  /** What it is, in one or two sentences. */
  readonly definition: string;
  readonly noun: KpiNoun;
  readonly statistic: KpiStatistic;
  /** True where rows of this deployment feed it, or rows from outside once they come. */
  readonly hasSource: boolean;
  /** How to connect what feeds it; null where nothing has to be. */
  readonly connect: string | null;
  readonly splits: readonly SplitName[];
}

export const OF_RUNS: readonly SplitName[] = ["agentId", "model", "repositoryId", "kind"];
/** Of people too, by their changes. */
export const OF_ANYBODY: readonly SplitName[] = [...OF_RUNS, "author"];
export const OF_REPOSITORY: readonly SplitName[] = ["repositoryId"];
