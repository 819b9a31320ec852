import { z } from "zod";
import { count, digest, id, role } from "./words.ts";

const closed = z.strictObject({ digest, reason_sha256: digest.optional() });

export const GATE_KINDS = {
  /** `digest` is that of the decision document. */
  "gate.opened": z.strictObject({
    gate: z.enum([
      "activate",
      "amend",
      "command",
      "network",
      "merge",
      "release",
      "break_glass",
      "resume",
      "artefact",
      "weekly_review",
      "exit_review",
    ]),
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
    /** What it was signed with, and the digest of statement and signature. */
    passkey: id.optional(),
    assertion: digest.optional(),
    /** The absent person whose role it was given with. */
    deputy_of: id.optional(),
  }),
  /** It counts no more: the passkey it was signed with was withdrawn while the gate was open, or its person deactivated. */
  "gate.approval_withdrawn": z.strictObject({ approval: id, person: id, passkey: id.optional() }),
  "gate.approved": closed,
  "gate.denied": closed,
  "gate.expired": closed,
  "gate.voided": closed,
} as const;
