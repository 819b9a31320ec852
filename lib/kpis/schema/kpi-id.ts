import { z } from "zod";

/** Numbers by which a pilot's success may be told, because there are rows for them. Charters name them: none ever goes. */
export const MetricKpi = z.enum(
  [
    "throughput",
    "agent_lead_time",
    "review_to_merge",
    "merged_share",
    "rejected_share",
    "failed_share",
    "validated_fixes",
    "caught_rate",
    "rejected_rate",
    "escaped_rate",
    "revert_rate",
    "cost_per_run",
    "cost_per_fix",
    "decision_time",
    "findings_validated",
    "finding_precision",
    "time_to_detect",
    "stop_time",
    "red_to_green",
    "change_lead_time",
    "deployment_frequency",
    "failed_deployment_rate",
    "recovery_time",
    "wakeups",
  ],
  "Choose among the numbers there are.",
);
export type MetricKpi = z.infer<typeof MetricKpi>;

/** Every number there is, also those that nothing feeds yet; what each is: definitions/. */
export const KpiId = z.enum([
  ...MetricKpi.options,
  "gate_usefulness",
  "budget_burn",
  "missed_fix_rate",
  "triage_accuracy",
  "triage_minutes",
  "hours_reclaimed",
  "rework_minutes",
  "flaky_rate",
  "time_to_content",
  "content_quality",
]);
export type KpiId = z.infer<typeof KpiId>;

const PERCENT: readonly MetricKpi[] = [
  "merged_share",
  "rejected_share",
  "failed_share",
  "caught_rate",
  "rejected_rate",
  "escaped_rate",
  "revert_rate",
  "finding_precision",
  "failed_deployment_rate",
];

/** Told in percent: a target beyond 100 could never be reached, or never missed. */
export const isPercent = (kpi: MetricKpi): boolean => PERCENT.includes(kpi);
