import { z } from "zod";
import { AssertionField } from "../passkeys/schema.ts";

const REASON = "Say in 20 to 1,000 characters why this cannot wait; every lead reads it.";

export const BreakGlass = z.strictObject({
  runId: z.string().min(1).max(100),
  /** Digest of the patch that was shown. */
  patch: z.string().regex(/^[0-9a-f]{64}$/, "The page is out of date. Reload it."),
  reason: z.string({ error: REASON }).trim().min(20, REASON).max(1000, REASON),
  /** By a passkey, where a charter wants merges signed. */
  assertion: AssertionField,
});
export type BreakGlass = z.infer<typeof BreakGlass>;

export const GlassVerdict = z.enum([
  "verified",
  "regressed",
  "not_repaired",
  "untrustworthy",
  "incomplete",
  "missing",
]);
export type GlassVerdict = z.infer<typeof GlassVerdict>;

/** What the merge stood on, and what is reviewed afterwards. */
export const GlassDocument = z.looseObject({
  decides: z.literal("break_glass"),
  run: z.string(),
  patch: z.string(),
  /** Who stands for it, alone. */
  by: z.string(),
  as: z.string(),
  reason: z.string(),
  verdict: GlassVerdict,
  /** What the charter asks for and was not waited for. */
  ordinary: z.looseObject({ needed: z.number(), roles: z.array(z.string()) }),
  charter: z.string(),
});
export type GlassDocument = z.infer<typeof GlassDocument>;

/** A merge by broken glass that no other lead has reviewed. */
export interface UnreviewedGlass {
  readonly gateId: string;
  readonly runId: string;
  readonly runTitle: string;
  readonly byName: string;
  readonly at: Date;
  /** By when it should have been reviewed. */
  readonly dueAt: Date;
}
