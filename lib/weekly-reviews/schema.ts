// A week of a pilot as it is put before its owners. It holds ids, numbers and closed words: texts of people and agents are
// looked up when it is read, so that what was redacted since is not told from here.
import { z } from "zod";
import { KpiId } from "../kpis/schema/kpi-id.ts";

export const WeekDecision = z.enum(["continue", "tighten", "stop"], "Choose continue, tighten or stop.");
export type WeekDecision = z.infer<typeof WeekDecision>;

export const PackedReading = z.strictObject({
  state: z.enum(["value", "too_few", "not_connected"]),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  sample: z.int(),
  provisional: z.int(),
});
export type PackedReading = z.infer<typeof PackedReading>;

export const PackedNumber = z.strictObject({
  kpi: KpiId,
  /** Null where the charter aims at nothing. */
  target: z.number().nullable(),
  /** Of the pilot's whole time: a week alone has seldom enough rows. */
  verdict: z.enum(["met", "missed", "cannot_tell"]).nullable(),
  /** Rows that would be needed to tell; null where nothing says. */
  needed: z.int().nullable(),
  whole: PackedReading,
  week: PackedReading,
  /** Of the week before; null in the first. */
  before: PackedReading.nullable(),
  baseline: PackedReading.nullable(),
});
export type PackedNumber = z.infer<typeof PackedNumber>;

export const SampleReason = z.enum(["protected", "flags", "hasty", "unopened", "large"]);
export type SampleReason = z.infer<typeof SampleReason>;

export const SampledApproval = z.strictObject({
  approval: z.string(),
  gate: z.string(),
  kind: z.string(),
  run: z.string().nullable(),
  person: z.string(),
  at: z.string(),
  weight: z.int(),
  why: z.array(SampleReason),
  /** From the gate's opening to the approval. */
  milliseconds: z.int(),
  files: z.int(),
  opened: z.int(),
  flags: z.int(),
  lines: z.int(),
});
export type SampledApproval = z.infer<typeof SampledApproval>;

const counted = <R extends z.ZodType>(row: R) => z.strictObject({ count: z.int(), rows: z.array(row) });

export const PackDocument = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  pilot: z.string(),
  number: z.int(),
  /** Days, both of the week, in `timeZone`. */
  firstDay: z.string(),
  lastDay: z.string(),
  from: z.string(),
  to: z.string(),
  packedAt: z.string(),
  timeZone: z.string(),
  status: z.string(),
  charter: z.strictObject({ digest: z.string(), version: z.int() }),
  owners: z.array(z.string()),
  /** The goal's numbers first, in the charter's order. */
  numbers: z.array(PackedNumber),
  incidents: counted(
    z.strictObject({
      id: z.string(),
      severity: z.string(),
      detectedAt: z.string(),
      restoredAt: z.string().nullable(),
    }),
  ),
  trips: counted(
    z.strictObject({
      id: z.string(),
      /** The tripwire's line. */
      wire: z.string(),
      at: z.string(),
      value: z.number(),
      rows: z.int(),
      liftedAt: z.string().nullable(),
    }),
  ),
  sample: z.strictObject({
    /** Approvals of the week. */
    of: z.int(),
    seed: z.string(),
    items: z.array(SampledApproval),
  }),
  spend: z.strictObject({
    weekMicros: z.int(),
    beforeMicros: z.int(),
    wholeMicros: z.int(),
    budgetMicros: z.int(),
    /** Per cent of the budget at the charter's end, as it goes now. */
    atEnd: z.number().nullable(),
  }),
  agents: z.array(
    z.strictObject({
      id: z.string(),
      runs: z.int(),
      weekMicros: z.int(),
      /** Of the pilot's whole time. */
      numbers: z.array(z.strictObject({ kpi: KpiId, ...PackedReading.shape })),
    }),
  ),
  findings: counted(
    z.strictObject({
      id: z.string(),
      rule: z.string(),
      source: z.string(),
      severity: z.string(),
      state: z.string(),
      openedAt: z.string(),
    }),
  ),
  gates: counted(
    z.strictObject({ id: z.string(), kind: z.string(), openedAt: z.string(), expiresAt: z.string() }),
  ),
  controls: z.array(z.strictObject({ control: z.string(), result: z.string(), at: z.string() })),
  charters: z.array(z.strictObject({ version: z.int(), digest: z.string(), at: z.string() })),
  /** Who decided at the pilot's gates in the week. */
  signed: z.array(z.strictObject({ person: z.string(), approvals: z.int(), denials: z.int() })),
});
export type PackDocument = z.infer<typeof PackDocument>;

/** What two owners sign. */
export const WeekDocument = z.looseObject({
  decides: z.literal("weekly_review"),
  pilot: z.string(),
  pack: z.string(),
  number: z.int(),
  packDigest: z.string(),
  decision: WeekDecision,
  reason: z.string(),
  askedBy: z.string(),
  owners: z.array(z.string()),
  /** Earlier weeks that nobody decided. */
  undecided: z.array(z.int()),
});
export type WeekDocument = z.infer<typeof WeekDocument>;

const packRef = { pilotId: z.string().min(1).max(100), number: z.coerce.number().int().min(1).max(10_000) };

export const AskWeek = z.object({
  ...packRef,
  /** Of the pack that was read. */
  digest: z.string().regex(/^[0-9a-f]{64}$/, "The page is out of date. Reload it."),
  decision: WeekDecision,
  reason: z
    .string()
    .trim()
    .min(3, "Say why, in three characters or more.")
    .max(1000, "At most 1000 characters."),
});
export type AskWeek = z.infer<typeof AskWeek>;

export const SecondLook = z
  .object({
    ...packRef,
    approvalId: z.string().min(1).max(100),
    verdict: z.enum(["agree", "disagree"], "Choose agree or disagree."),
    note: z.string().trim().max(1000, "At most 1000 characters.").default(""),
  })
  .refine(({ verdict, note }) => verdict === "agree" || note.length >= 3, {
    path: ["note"],
    message: "Say what you disagree with, in three characters or more.",
  });
export type SecondLook = z.infer<typeof SecondLook>;

/** `waits`: nobody decided yet. `overdue`: nobody did before the next week was packed. */
export type WeekState = "waits" | "overdue" | WeekDecision;

export interface WeekRow {
  readonly id: string;
  readonly number: number;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly packedAt: Date;
  readonly state: WeekState;
  readonly headline: string;
  readonly openGate: string | null;
}

export interface LookView {
  readonly approvalId: string;
  readonly personId: string;
  readonly verdict: "agree" | "disagree";
  readonly note: string;
  readonly at: Date;
}

export interface SignatureView {
  readonly personId: string;
  readonly at: Date;
  readonly isSigned: boolean;
}

export interface WeekView {
  readonly pilotName: string;
  readonly document: PackDocument;
  readonly digest: string;
  readonly state: WeekState;
  readonly reason: string | null;
  readonly decidedAt: Date | null;
  /** Whose signatures the decision has, of the gate that decided or of the one that is open. */
  readonly signatures: readonly SignatureView[];
  readonly openGate: { readonly id: string; readonly decision: WeekDecision; readonly reason: string } | null;
  readonly looks: readonly LookView[];
  /** Texts from outside by id: people, runs, agents, incidents. */
  readonly names: Readonly<Record<string, string>>;
  readonly isLatest: boolean;
}
