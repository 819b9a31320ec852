import { z } from "zod";
import { count, digest, id, role } from "./words.ts";

const closed = z.strictObject({ digest, reason_sha256: digest.optional() });

export const GATE_KINDS = {
  /** `digest` is that of the decision document. */
  "gate.opened": z.strictObject({
    gate: z.enum(["activate", "amend", "command", "network", "merge", "release", "break_glass", "resume"]),
    digest,
    needed: count,
  }),
  "gate.approval_given": z.strictObject({
    approval: id,
    person: id,
    role,
    decision: z.enum(["approve", "deny"]),
    digest,
    reason_sha256: digest.optional(),
  }),
  "gate.approved": closed,
  "gate.denied": closed,
  "gate.expired": closed,
  "gate.voided": closed,
} as const;
