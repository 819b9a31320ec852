// Findings. What was seen is committed to: the text stands in the row, secrets masked, and can be taken away.
import { z } from "zod";
import { count, digest, id, instant, ordinal, reason, word } from "./words.ts";

const severity = z.enum(["low", "medium", "high", "critical"]);

export const FINDING_KINDS = {
  /** `suppression`: it was dismissed as it came, by this. The places are null where it was not seen there. */
  "finding.opened": z.strictObject({
    rule: word,
    source: z.enum(["patch", "secret", "egress", "token", "conduct", "outbound", "control"]),
    severity,
    attempt: count.nullable(),
    seq: ordinal.nullable(),
    call: id.nullable(),
    patch: id.nullable(),
    lease: id.nullable(),
    suppression: id.nullable(),
    evidence: digest,
  }),
  "finding.validated": z.strictObject({ rule: word, severity, ...reason }),
  "finding.mitigated": z.strictObject({ rule: word, severity, ...reason }),
  "finding.dismissed": z.strictObject({
    rule: word,
    severity,
    suppression: id,
    scope: z.enum(["finding", "run", "pilot", "path"]),
    owner: id,
    expires_at: instant,
    ...reason,
  }),
  /** `expired`: what dismissed it ran out; `again`: it was seen after it had been mitigated. */
  "finding.reopened": z.strictObject({
    rule: word,
    severity,
    cause: z.enum(["person", "expired", "again"]),
    reason_sha256: digest.optional(),
  }),
} as const;
