// How work flows: runs, merges, gates.
import type { KpiDefinition } from "./definition.ts";
import { OF_ANYBODY, OF_RUNS } from "./definition.ts";

const own = { hasSource: true, connect: null, splits: OF_RUNS } as const;

export const FLOW = {
  throughput: {
    ...{ title: "Merged patches per week", unit: "a week", better: "more", pair: "escaped_rate" },
    definition: "Merges of runs in the window, divided by its weeks. Nothing before a whole week is over.",
    ...{ noun: "merge", statistic: "count_per_week", ...own, splits: OF_ANYBODY },
  },
  agent_lead_time: {
    ...{ title: "Launch to merge, median", unit: "h", better: "less", pair: "revert_rate" },
    definition: "From the launch of a run to its merge, of runs that merged in the window.",
    ...{ noun: "merge", statistic: "median", ...own, splits: OF_ANYBODY },
  },
  review_to_merge: {
    ...{ title: "Review to merge, median", unit: "h", better: "less", pair: "escaped_rate" },
    definition:
      "From the last opening of a run's review to its merge, by the clock on the wall, of runs that merged in the window.",
    ...{ noun: "merge", statistic: "median", ...own, splits: OF_ANYBODY },
  },
  merged_share: {
    ...{ title: "Runs that merged", unit: "%", better: "more", pair: "escaped_rate" },
    definition: "Runs that merged, of the runs that ended in the window.",
    ...{ noun: "run", statistic: "rate", ...own },
  },
  rejected_share: {
    ...{ title: "Runs whose patch was rejected", unit: "%", better: "less", pair: "escaped_rate" },
    definition:
      "Runs whose patch a person rejected, for whatever reason, of the runs that ended in the window.",
    ...{ noun: "run", statistic: "rate", ...own },
  },
  failed_share: {
    ...{ title: "Runs that failed", unit: "%", better: "less", pair: "throughput" },
    definition:
      "Runs in which something broke down, of the runs that ended in the window. One that properly proposed nothing has not failed.",
    ...{ noun: "run", statistic: "rate", ...own },
  },
  decision_time: {
    ...{ title: "Gate opened to decided, median", unit: "h", better: "less", pair: "escaped_rate" },
    definition:
      "From the opening of a gate to its approval or denial by people, of gates decided in the window.",
    ...{ noun: "gate", statistic: "median", ...own },
  },
  gate_usefulness: {
    ...{ title: "Gates approved as they were asked", unit: "%", better: "less", pair: "escaped_rate" },
    definition:
      "Gates approved without another having stood for the same before, of those people decided in the window. More than 98 % of 50 or more suggests an amendment that leaves the question out.",
    ...{ noun: "gate", statistic: "rate", ...own },
  },
  time_to_content: {
    ...{ title: "Document launched to approved, median", unit: "h", better: "less", pair: "content_quality" },
    definition:
      "From the launch of a run of the kind document to its merge, or to the first of its files that was let out of quarantine, of those approved in the window.",
    ...{ noun: "document", statistic: "median", ...own },
  },
} as const satisfies Record<string, KpiDefinition>;
