import { z } from "zod";
import { isPercent, MetricKpi } from "../../kpis/schema/kpi-id.ts";
import { uniqueBy, whole } from "./words.ts";

export const RunKind = z.enum(["repair", "triage", "security", "document", "monitor"]);
export type RunKind = z.infer<typeof RunKind>;

const PROBLEM = "Say in at most 2,000 characters what is wrong today.";
const STATEMENT = "Say in 10 to 2,000 characters what the pilot is to achieve.";
const SOURCE = "Say in at most 160 characters where each baseline comes from.";
const TARGET = "Write the target of each metric as a whole number, or leave its fields empty.";
const BASELINE = "Write each baseline as a whole number, or leave it empty: the first week is measured then.";
const PERCENT = "A share is 0 to 100 percent.";

/** Whole numbers in the unit of the KPI: a week, hours, percent. */
const amount = (sentence: string) => z.int({ error: sentence }).min(0, sentence).max(100_000, sentence);

export const Metric = z
  .strictObject({
    kpi: MetricKpi,
    target: amount(TARGET),
    /** Null: the pilot's own first week is measured. */
    baseline: amount(BASELINE).nullable(),
    source: z
      .string({ error: SOURCE })
      .trim()
      .max(160, SOURCE)
      .refine((text) => !/\p{Cc}/u.test(text), SOURCE),
  })
  .refine(({ kpi, target, baseline }) => !isPercent(kpi) || Math.max(target, baseline ?? 0) <= 100, PERCENT)
  .refine(({ baseline, source }) => baseline === null || source !== "", SOURCE)
  .refine(({ baseline, source }) => baseline !== null || source === "", BASELINE);
export type Metric = z.infer<typeof Metric>;

const BASELINE_DAYS = "Measure 7 to 28 days without agents, or 0: less than a week shows no week.";
const METRICS = "Name each success metric once.";

export const Goal = z.strictObject({
  /** Stands in every decision document. */
  statement: z.string({ error: STATEMENT }).trim().min(10, STATEMENT).max(2000, STATEMENT),
  /** What is wrong today, for whoever decides; may be left out. */
  problem: z.string({ error: PROBLEM }).trim().max(2000, PROBLEM),
  /** Of runs for which nobody chooses another. */
  kind: RunKind,
  /** What the pilot is measured by; its numbers are held against these targets and no others. */
  metrics: z
    .array(Metric, { error: METRICS })
    .max(MetricKpi.options.length, METRICS)
    .refine((metrics) => uniqueBy(metrics.map(({ kpi }) => kpi)), METRICS),
  /** Expected, for the forecast of what the numbers will be able to tell; 0: nobody said. */
  runsPerWeek: whole(0, 1000, "runs a week"),
  /** Days from activation on in which nothing is launched, so that the same numbers show how things are without agents; 0: none. */
  baselineDays: whole(0, 28, "days").refine((days) => days === 0 || days >= 7, BASELINE_DAYS),
});
