import { z } from "zod";
import { ArtefactFault } from "../protocol/artefacts.ts";

/**
 * quarantined: nobody looked into it yet, or looking failed; scanned: it waits for a person; refused: never promoted; promoted: a
 * person took it out of quarantine; deleted: its digest is left.
 */
export const ArtefactState = z.enum(["quarantined", "scanned", "refused", "promoted", "deleted"]);
export type ArtefactState = z.infer<typeof ArtefactState>;

/** What was seen in one. Those of `REFUSING` end it. */
export const ArtefactRule = z.enum([
  ...ArtefactFault.options,
  "secret",
  "active",
  "program",
  "archive_path",
  "archive_link",
  "archive_special",
  "archive_ratio",
  "archive_entries",
  "archive_nested",
  "archive_encrypted",
  "archive_unreadable",
  "contents_unsearched",
]);
export type ArtefactRule = z.infer<typeof ArtefactRule>;

export const ArtefactFinding = z.object({ rule: ArtefactRule, detail: z.string().max(300) });
export type ArtefactFinding = z.infer<typeof ArtefactFinding>;

export const MOST_FINDINGS = 20;

/** What the program in the sandbox says about bytes. */
export const ScanAnswer = z.strictObject({
  /** By its content: `text/plain`, `application/zip`. */
  media: z.string().regex(/^[a-z]+\/[a-z0-9.+-]{1,80}$/),
  isText: z.boolean(),
  findings: z.array(ArtefactFinding).max(MOST_FINDINGS),
});
export type ScanAnswer = z.infer<typeof ScanAnswer>;

export interface ArtefactView {
  readonly id: string;
  readonly attempt: number;
  readonly path: string;
  readonly bytes: number;
  /** Empty where it was never taken, or a redaction took it. */
  readonly sha256: string;
  readonly state: ArtefactState;
  readonly media: string;
  readonly findings: readonly ArtefactFinding[];
  /** Why the last scan brought nothing. */
  readonly problem: string | null;
  /** It was never taken out of the sandbox. */
  readonly isLeft: boolean;
  readonly gateId: string | null;
  /** Of that gate. */
  readonly gateStatus: string | null;
  readonly createdAt: Date;
  readonly promotedAt: Date | null;
  readonly deletedAt: Date | null;
}

export interface ArtefactsView {
  readonly artefacts: readonly ArtefactView[];
  /** What the run's charter lets it hand in; none: nothing. */
  readonly paths: readonly string[];
  /** Days after which what nobody promoted is deleted. */
  readonly days: number;
  /** Whether the person looking may ask, and may take out of quarantine, and may look at what is still in it. */
  readonly mayAsk: boolean;
  readonly mayTake: boolean;
  readonly mayInspect: boolean;
}

/** As a form sends it: one box that is ticked comes as a text, several as a list. */
export const AskPromotion = z.object({
  runId: z.string().min(1).max(100),
  artefacts: z.preprocess(
    (value) => (typeof value === "string" ? [value] : value),
    z
      .array(z.string().min(1).max(100), { error: "Choose at least one artefact." })
      .min(1, "Choose at least one artefact.")
      .max(200),
  ),
  reason: z.string().trim().min(3, "Say why in a few words.").max(500, "At most 500 characters."),
});
export type AskPromotion = z.infer<typeof AskPromotion>;

/** What approvals are bound to: each file by its digest. */
export const ArtefactDocument = z.looseObject({
  decides: z.literal("artefact"),
  run: z.string(),
  pilot: z.string(),
  charter: z.string(),
  askedBy: z.string(),
  reason: z.string(),
  artefacts: z
    .array(
      z.strictObject({
        artefact: z.string(),
        path: z.string(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        bytes: z.int().min(0),
        media: z.string(),
        findings: z.array(ArtefactFinding),
      }),
    )
    .min(1),
});
export type ArtefactDocument = z.infer<typeof ArtefactDocument>;
