// What it costs: money by the ledger, minutes of people.
import type { KpiDefinition } from "./definition.ts";
import { OF_RUNS } from "./definition.ts";

const own = { hasSource: true, connect: null, splits: OF_RUNS } as const;

export const EFFORT = {
  cost_per_run: {
    ...{ title: "Cost of a run, mean", unit: "USD", better: "less", pair: "validated_fixes" },
    definition: "What the ledger charged for calls of models, over the runs that ended in the window.",
    ...{ noun: "run", statistic: "mean", ...own },
  },
  cost_per_fix: {
    ...{ title: "Cost of a validated fix", unit: "USD", better: "less", pair: "validated_fixes" },
    definition:
      "What the ledger charged for all runs that ended in the window, failed ones included, divided by the validated fixes merged in it. Without a fix the spend is shown and no quotient.",
    ...{ noun: "run", statistic: "ratio", ...own },
  },
  budget_burn: {
    ...{ title: "Budget spent", unit: "%", better: "less", pair: null },
    definition:
      "What the pilot had spent, up to the last day of the window, of the budget its charter gives it, with what will be spent at its end if it goes on as in the window.",
    ...{ noun: "charge", statistic: "share", hasSource: true, connect: null, splits: [] },
  },
  triage_minutes: {
    ...{ title: "Minutes of people per cluster", unit: "min", better: "less", pair: "missed_fix_rate" },
    definition: "Minutes people spent on finding out why tests fail, per cluster of failing tests.",
    ...{ noun: "cluster", statistic: "mean", hasSource: false, splits: [] },
    connect: "Nothing to connect yet: failing tests are not gathered into clusters across runs.",
  },
  hours_reclaimed: {
    ...{ title: "Hours reclaimed", unit: "h", better: "more", pair: "rework_minutes" },
    definition:
      "What the validated fixes would have taken by the baseline of their kind, less all minutes people spent on runs, failed ones, gates and findings included. May be negative.",
    ...{ noun: "merge", statistic: "sum", hasSource: false, splits: [] },
    connect:
      "Write in the charter what a fix of each kind took before, and let minutes of people be counted.",
  },
  rework_minutes: {
    ...{ title: "Minutes of rework", unit: "min", better: "less", pair: null },
    definition: "Minutes people spent after a merge on the same lines within 14 days, and on reverting it.",
    ...{ noun: "merge", statistic: "sum", hasSource: false, splits: [] },
    connect: "Let minutes of people be counted.",
  },
} as const satisfies Record<string, KpiDefinition>;
