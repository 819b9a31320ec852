// Whether what runs is under control: findings and stops.
import type { KpiDefinition } from "./definition.ts";
import { OF_RUNS } from "./definition.ts";

const own = { hasSource: true, connect: null, splits: OF_RUNS } as const;

export const CONTROL = {
  findings_validated: {
    ...{ title: "Findings validated per week", unit: "a week", better: "more", pair: "finding_precision" },
    definition: "Findings that a person found to be real in the window, divided by its weeks.",
    ...{ noun: "finding", statistic: "count_per_week", ...own },
  },
  finding_precision: {
    ...{ title: "Findings that were real", unit: "%", better: "more", pair: "findings_validated" },
    definition:
      "Findings a person validated, of those a person validated or dismissed, by when they were opened. Undecided ones are counted beside it; what an earlier decision dismissed as it came is no decision.",
    ...{ noun: "finding", statistic: "rate", ...own },
  },
  time_to_detect: {
    ...{ title: "Event to finding, median", unit: "s", better: "less", pair: "finding_precision" },
    definition:
      "From what took place to the finding about it, of findings opened in the window. How long ago the commit was made that brought it is not known.",
    ...{ noun: "finding", statistic: "median", ...own },
  },
  stop_time: {
    ...{ title: "Emergency stop to last byte, median", unit: "s", better: "less", pair: null },
    definition:
      "From an emergency stop, or a drill of one, to the last token, the last network byte and the end of what it stopped. A runner that could not be reached, or never said that it had ended, counts as not over.",
    ...{ noun: "lease", statistic: "median", ...own },
  },
} as const satisfies Record<string, KpiDefinition>;
