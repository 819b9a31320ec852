// What verdicts, decisions and steps are called.
import type { ClosingStep } from "#lib/closings/schema.ts";
import type { Outcome } from "#lib/exit-reviews/rules.ts";
import type { ExitDecision, Judged, JudgedCriterion, ReportVerdict } from "#lib/exit-reviews/schema.ts";
import { plural } from "../format.ts";

export const DECISION_WORDS: Readonly<Record<ExitDecision, string>> = {
  scale_up: "Scale up",
  extend: "Extend",
  end: "End",
};

export const REPORT_WORDS: Readonly<Record<ReportVerdict, string>> = {
  fit: "Fit",
  fit_with_reservations: "Fit, with reservations",
  not_fit: "Not fit",
};

export const STEP_WORDS: Readonly<Record<ClosingStep, string>> = {
  runs: "Runs cancelled, their leases and tokens ended",
  tokens: "API tokens of the pilot revoked",
  ledger: "Ledger settled",
  mirrors: "Mirrors and bundles deleted, but those with the only copy of what was merged",
  log: "Log pinned to be handed over",
  receipt: "Receipt signed",
};

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  confirmed: "Confirmed",
  reversed: "Reversed",
  settled: "Settled",
  open: "Still open",
};

/** Of a target: rows are what is missing. */
export function verdictWords({ verdict, towards, needed }: Judged): string {
  const more = needed === null ? "" : `, needs about ${needed} more`;
  switch (verdict) {
    case "met":
      return "Met";
    case "missed":
      return "Missed";
    case "leaning":
      return `Leaning to ${towards ?? "neither"}${more}`;
    case "cannot_tell":
      return `Cannot tell${more}`;
  }
}

export function criterionWords(one: JudgedCriterion): string {
  const { criterion, verdict, needed } = one;
  if (criterion === "independent_review")
    return verdict === "cannot_tell"
      ? "Nobody who launched and decided nothing has stated one."
      : verdict === "met"
        ? "Stated, and found fit."
        : "Stated, and found not fit.";
  if (criterion === "runs_ended")
    return verdict === "met" ? "Every run has ended." : `${plural(needed ?? 0, "run")} not ended.`;
  return `${verdictWords(one)}.`;
}
