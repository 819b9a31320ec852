import { z } from "zod";
import { Tier } from "../jail/schema.ts";
import { CanaryRule, CanarySeen, Checks } from "../protocol/checks.ts";
import { SetupSeen } from "../protocol/setup-events.ts";
import { RevertJudged } from "./revert-rules.ts";
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
  canary: CanarySeen.optional(),
});
export type ObservedRun = z.infer<typeof ObservedRun>;

/** What the digest of evidence covers; stored as RFC 8785 text. The second format adds what is left out in the first. */
export const EvidenceDocument = z.object({
  v: z.union([z.literal(1), z.literal(2)]),
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
  checks: Checks.optional(),
  /** The patch's tests with the base's code. */
  newTests: ObservedRun.omit({ tree: true, repeat: true, canary: true }).optional(),
  /** SHA-256 over everything it ran with. */
  environmentDigest: z.string().optional(),
  /** Version of the protocol that the runner speaks: by it, checks are owed. Left out from before it was kept. */
  protocol: z.int().optional(),
  /** What the charters wanted of canaries; left out from before they said. */
  canaryRule: CanaryRule.optional(),
  /** By what a revert was judged; left out for every other patch. */
  reverts: RevertJudged.optional(),
  judgement: z.custom<Judgement>((value) => typeof value === "object" && value !== null),
});
export type EvidenceDocument = z.infer<typeof EvidenceDocument>;

export interface EvidenceView {
  readonly id: string;
  readonly digest: string;
  readonly attempt: number;
  readonly runnerName: string;
  readonly createdAt: Date;
  /** What the worker signed it with: SHA-256 of its key, and the key in base64; null until it did. */
  readonly signed?: { readonly keyId: string; readonly publicKey: string } | null;
  readonly document: EvidenceDocument;
}
