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
      "What the validated fixes merged in the window would have taken, half way between the low and the high figure that people wrote down for their kind, less all minutes people spent on runs in weeks that ended in it: failed runs, gates and findings included. May be negative. The interval is from all low to all high figures. Nothing where a week had fewer than three people.",
    ...{ noun: "merge", statistic: "total", hasSource: true, splits: [] },
    connect:
      "Write on the pilot's page of spend what a fix of each kind took before, and let minutes of people be counted: a week shows once it is over and at least three people were counted in it.",
  },
  rework_minutes: {
    ...{ title: "Minutes of rework", unit: "min", better: "less", pair: null },
    definition:
      "Minutes people spent here on a run in the 14 days after its merge, and on runs that take it back, in weeks that ended in the window. Work on follow-up changes elsewhere is not seen. Nothing where fewer than three people of a week did, or fewer than three did only the rest.",
    ...{ noun: "week", statistic: "total", hasSource: true, splits: [] },
    connect:
      "Let minutes of people be counted: a week shows once it is over and at least three people were counted in it.",
  },
} as const satisfies Record<string, KpiDefinition>;
