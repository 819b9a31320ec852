// Payloads seen unmasked, and payloads taken away.
import { z } from "zod";
import { count, digest, id, ordinal, reason, word, words } from "./words.ts";

export const PAYLOAD_KINDS = {
  /** One event by `seq`, several by `from` and `to`, or a blob. */
  "payload.shown": z.strictObject({
    what: word,
    seq: ordinal.nullable().default(null),
    from: ordinal.nullable().default(null),
    to: ordinal.nullable().default(null),
    blob: id.nullable().default(null),
    ...reason,
  }),
  "payload.redaction_ordered": z.strictObject({
    what: word,
    cause: z.enum(["person", "retention"]),
    ...reason,
  }),
  /** `reached` and `not_reached` name kinds of copies, such as `rows`, `mirror`, `backups`. */
  "payload.redacted": z.strictObject({
    events: count,
    blobs: count,
    rows: count,
    reached: words,
    not_reached: words,
  }),
  "retention.set": z.strictObject({
    days: ordinal.nullable(),
    is_held: z.boolean(),
    reason_sha256: digest.nullable(),
  }),
} as const;
