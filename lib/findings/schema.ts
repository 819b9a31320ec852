import { z } from "zod";

export const Severity = z.enum(["low", "medium", "high", "critical"]);
export type Severity = z.infer<typeof Severity>;

export const FindingState = z.enum(["open", "validated", "mitigated", "dismissed"]);
export type FindingState = z.infer<typeof FindingState>;

/** What looked: the tree policy, the search for secrets, the walls around the network, … */
export const FindingSource = z.enum(["patch", "secret", "egress", "token", "conduct", "outbound", "control"]);
export type FindingSource = z.infer<typeof FindingSource>;

/** What a rule says of everything it finds. */
export interface FindingRule {
  readonly id: string;
  readonly source: FindingSource;
  readonly severity: Severity;
  /** A few words: what was seen. */
  readonly title: string;
  /** One sentence: why it matters. */
  readonly why: string;
  /** Technique of MITRE ATT&CK; null where there is none that fits. */
  readonly attack: string | null;
  /** Technique of MITRE ATLAS. */
  readonly atlas: string | null;
}

/** What is kept of what was seen. Secrets are masked before it is made. */
export const FindingEvidence = z.object({
  text: z.string().max(1000),
  /** In the proposed tree. */
  path: z.string().max(4096).nullable(),
  /** In that file. */
  line: z.int().min(1).nullable(),
});
export type FindingEvidence = z.infer<typeof FindingEvidence>;

/** A rule struck, once. */
export interface Sighting {
  readonly rule: FindingRule;
  /** What makes it another finding of the same rule and run. Empty where the rule alone does. */
  readonly subject: string;
  readonly evidence: FindingEvidence;
  readonly at: number;
  readonly times?: number;
  readonly attempt?: number | null;
  readonly seq?: number | null;
  readonly callId?: string | null;
  readonly patchId?: string | null;
  readonly leaseId?: string | null;
}

export const SuppressionScope = z.enum(["finding", "run", "pilot", "path"]);
export type SuppressionScope = z.infer<typeof SuppressionScope>;

export const MAX_SUPPRESSION_DAYS = 90;

const FindingId = z.string().min(1).max(100);
const Reason = z
  .string()
  .trim()
  .min(3, "Say why, in three characters or more.")
  .max(1000, "At most 1,000 characters.");

/** `open`: it waits to be looked at again. */
export const MoveFinding = z.object({
  findingId: FindingId,
  to: z.enum(["validated", "mitigated", "open"]),
  reason: Reason,
});
export type MoveFinding = z.infer<typeof MoveFinding>;

export const DismissFinding = z
  .object({
    findingId: FindingId,
    scope: SuppressionScope,
    /** Of scope `path`: this path of the repository, and all below it. */
    path: z.string().trim().max(1000, "At most 1,000 characters.").default(""),
    reason: Reason,
    /** Who answers for it. */
    ownerId: z.string().min(1, "Choose who answers for it.").max(100),
    days: z.coerce
      .number({ error: "Write a number of days." })
      .int("Write whole days.")
      .min(1, "One day at least.")
      .max(MAX_SUPPRESSION_DAYS, `At most ${MAX_SUPPRESSION_DAYS} days.`),
  })
  .refine(({ scope, path }) => scope !== "path" || path !== "", {
    path: ["path"],
    error: "Write the path, such as docs/ or test/fixtures/keys.txt.",
  });
export type DismissFinding = z.infer<typeof DismissFinding>;

export const FindingFilter = z.object({
  state: FindingState.optional(),
  severity: Severity.optional(),
  pilotId: z.string().max(100).optional(),
  rule: z.string().max(40).optional(),
  runId: z.string().max(100).optional(),
});
export type FindingFilter = z.infer<typeof FindingFilter>;

export interface FindingView {
  readonly id: string;
  readonly runId: string | null;
  readonly runTitle: string | null;
  readonly pilotId: string | null;
  readonly pilotName: string | null;
  readonly repositoryId: string | null;
  readonly rule: FindingRule;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly times: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly attempt: number | null;
  readonly seq: number | null;
  readonly lastSeq: number | null;
  readonly callId: string | null;
  readonly patchId: string | null;
  readonly leaseId: string | null;
  /** Null once it was taken away. */
  readonly evidence: FindingEvidence | null;
  /** Hex; what the entry holds of the evidence. */
  readonly commitment: string;
  readonly suppression: SuppressionView | null;
}

export interface SuppressionView {
  readonly id: string;
  readonly findingId: string;
  readonly scope: SuppressionScope;
  readonly path: string | null;
  readonly ownerName: string;
  readonly reason: string;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

export interface FindingStepView {
  readonly number: number;
  readonly at: Date;
  readonly actorName: string;
  readonly from: FindingState;
  readonly to: FindingState;
  readonly reason: string;
}

/** As the document of a merge names it. */
export interface BoundFinding {
  readonly finding: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: FindingState;
}
