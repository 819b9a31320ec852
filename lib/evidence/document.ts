import { z } from "zod";
import { Tier } from "../jail/schema.ts";
import { SetupSeen } from "../protocol/setup-events.ts";
import type { Judgement } from "./rules.ts";

/** One execution as evidence keeps it: numbers and digests, failing tests by name. */
export const ObservedRun = z.object({
  tree: z.enum(["base_on_base", "patch_on_patch", "base_on_patch"]),
  repeat: z.int(),
  commit: z.string(),
  exit: z.int().nullable(),
  ended: z.string(),
  milliseconds: z.int(),
  report: z.string().nullable(),
  passed: z.int(),
  failed: z.array(z.string()),
  skipped: z.int(),
  problem: z.string().nullable(),
});
export type ObservedRun = z.infer<typeof ObservedRun>;

/** What the digest of evidence covers; stored as RFC 8785 text. */
export const EvidenceDocument = z.object({
  v: z.literal(1),
  run: z.string(),
  attempt: z.int(),
  patch: z.string(),
  baseCommit: z.string(),
  tree: z.string(),
  argv: z.array(z.string()),
  runner: z.string(),
  sameHost: z.boolean(),
  environment: z.object({ tier: Tier, node: z.string(), platform: z.string(), kernel: z.string() }),
  /** What setup left for the trees; left out where the charter has no setup phase. */
  setup: z
    .object({
      base: SetupSeen,
      /** Null: the patched tree was tested with what the base's manifests gave. */
      patch: SetupSeen.nullable(),
      /** Manifests that the patch changes. */
      changed: z.array(z.string()),
    })
    .optional(),
  observations: z.array(ObservedRun),
  judgement: z.custom<Judgement>((value) => typeof value === "object" && value !== null),
});
export type EvidenceDocument = z.infer<typeof EvidenceDocument>;

export interface EvidenceView {
  readonly id: string;
  readonly digest: string;
  readonly attempt: number;
  readonly runnerName: string;
  readonly createdAt: Date;
  readonly document: EvidenceDocument;
}
