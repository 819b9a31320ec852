import { createHash } from "node:crypto";

/**
 * A reason as entries hold it. It is free text and may name what must be forgotten: the record commits to it, the
 * row holds it.
 */
export const reasonDetail = (reason: string): { readonly reason_sha256: string } => ({
  reason_sha256: createHash("sha256").update(reason, "utf8").digest("hex"),
});
