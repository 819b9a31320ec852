// Exit reviews: what became of each criterion of the charter by a day, and what people make of it.
import { z } from "zod";

export const ExitStage = z.enum(["review", "confirmation"]);
export type ExitStage = z.infer<typeof ExitStage>;

export const ExitVerdict = z.enum(["met", "missed", "leaning", "cannot_tell"]);
export type ExitVerdict = z.infer<typeof ExitVerdict>;

const Amount = z.number().nullable();

/** One criterion, or one target of the charter. */
const Judged = z.strictObject({
  verdict: ExitVerdict,
  /** Where it leans, or what it is; null where nothing says. */
  towards: z.enum(["met", "missed"]).nullable(),
  /** About how many rows, runs or reports more would settle it; null where nobody can say. */
  needed: z.int().nullable(),
});
export type Judged = z.infer<typeof Judged>;

export const JudgedTarget = Judged.extend({
  kpi: z.string(),
  target: z.number(),
  value: Amount,
  interval: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  sample: z.int(),
  /** Of what it rests on, or is left out of it: what can still change. */
  provisional: z.int(),
});
export type JudgedTarget = z.infer<typeof JudgedTarget>;

export const JudgedCriterion = Judged.extend({
  criterion: z.enum(["independent_review", "targets_met", "runs_ended"]),
  /** The charter asks for it before the pilot is completed. */
  isAsked: z.boolean(),
});
export type JudgedCriterion = z.infer<typeof JudgedCriterion>;

/** The document of a review, as its digest covers it. */
export const ExitDocument = z.strictObject({
  v: z.literal(1),
  pilot: z.string(),
  stage: ExitStage,
  charter: z.string(),
  activatedOn: z.iso.date(),
  dueOn: z.iso.date(),
  timeZone: z.string(),
  /** Numbers are those of this moment, whenever it was written. */
  asOf: z.string(),
  targets: z.array(JudgedTarget),
  criteria: z.array(JudgedCriterion),
  /** Of the confirmation: digest of the review that it confirms. */
  confirms: z.string().nullable(),
});
export type ExitDocument = z.infer<typeof ExitDocument>;

export const ExitDecision = z.enum(["scale_up", "extend", "end"], "Choose scale up, extend or end.");
export type ExitDecision = z.infer<typeof ExitDecision>;

const REASON = "Say why in 3 to 1,000 characters.";

export const AskExit = z.object({
  pilotId: z.string().min(1).max(100),
  decision: ExitDecision,
  reason: z.string({ error: REASON }).trim().min(3, REASON).max(1000, REASON),
});
export type AskExit = z.infer<typeof AskExit>;

export const ReportVerdict = z.enum(
  ["fit", "fit_with_reservations", "not_fit"],
  "Choose fit, fit with reservations, or not fit.",
);
export type ReportVerdict = z.infer<typeof ReportVerdict>;

/** Of a larger one its digest is given, and where it is kept: a form carries no more. */
export const MOST_REPORT_BYTES = 512 * 1024;

/** By one person of one pilot: the newest counts, and none is ever changed. */
export const MOST_REPORTS = 5;

const STATED = "Say in 10 to 1,000 characters what was looked at and what was found.";
const KEPT = "Say in 3 to 500 characters where the report is kept.";

export const StateReport = z.object({
  pilotId: z.string().min(1).max(100),
  verdict: ReportVerdict,
  statement: z.string({ error: STATED }).trim().min(10, STATED).max(1000, STATED),
  name: z.string().trim().min(1, "Give the report a name.").max(200, "At most 200 characters."),
  /** Of a report that is kept elsewhere. */
  sha256: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[0-9a-f]{64}$/, "Write its SHA-256 as 64 hexadecimal digits."),
  keptAt: z.string({ error: KEPT }).trim().min(3, KEPT).max(500, KEPT),
});
export type StateReport = z.infer<typeof StateReport>;

export const UploadReport = StateReport.omit({ sha256: true, keptAt: true }).extend({
  file: z.base64("The file did not arrive whole. Choose it again.").min(4, "Choose the report."),
});
export type UploadReport = z.infer<typeof UploadReport>;

export interface ReportView {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  readonly verdict: ReportVerdict;
  readonly statement: string;
  readonly name: string;
  readonly sha256: string;
  /** Null: its bytes are here. */
  readonly keptAt: string | null;
  readonly statedAt: Date;
}

export interface ReviewView {
  readonly id: string;
  readonly digest: string;
  readonly writtenAt: Date;
  readonly document: ExitDocument;
}

export interface DecisionView {
  readonly gateId: string;
  readonly decision: ExitDecision;
  readonly reason: string;
  readonly decidedAt: Date;
}

/** What the decision document of a gate holds. */
export const ExitGateDocument = z.looseObject({
  decision: ExitDecision,
  reason: z.string(),
  review: z.string(),
  confirmation: z.string().nullable(),
  reports: z.array(z.string()),
  criteria: z.array(JudgedCriterion),
  charter: z.string(),
  /** Empty where two leads sign. */
  owners: z.array(z.string()),
});
export type ExitGateDocument = z.infer<typeof ExitGateDocument>;

/** Limits of a charter that the next step may double. */
export type Limit = "controls.budgetDayCents" | "controls.budgetPilotCents" | "rollback.maxRuns";

export interface ChecklistItem {
  readonly field: Limit;
  readonly now: number;
  readonly next: number;
}

export interface ExitView {
  /** Null before the pilot was ever active. */
  readonly days: { readonly review: string; readonly confirmation: string } | null;
  readonly review: ReviewView | null;
  readonly confirmation: ReviewView | null;
  /** As it stands now; null before activation. */
  readonly now: ExitDocument | null;
  readonly reports: readonly ReportView[];
  readonly decisions: readonly DecisionView[];
  /** The gate at which the owners are asked; null where they are not. */
  readonly openGate: string | null;
  /** Why whoever looks states no independent review; null where they may. */
  readonly cannotReport: string | null;
}
