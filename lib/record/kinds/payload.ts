// Payloads seen unmasked, payloads taken away, and the files that runs hand in beside their patches.
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

/** `commitment` and `name` are salted: what a file is called may be a text of an agent's. */
export const ARTEFACT_KINDS = {
  "artefact.handed_in": z.strictObject({
    ...{ artefact: id, attempt: ordinal, blob: id, bytes: count, commitment: digest, name: digest },
  }),
  /** By the runner: it was left in the sandbox. By the worker: what was seen in it ended it. */
  "artefact.refused": z.strictObject({
    ...{ artefact: id, attempt: ordinal, by: z.enum(["runner", "worker"]), rules: words },
  }),
  "artefact.scanned": z.strictObject({ artefact: id, attempt: ordinal, rules: words }),
  /** It stays in quarantine. */
  "artefact.scan_failed": z.strictObject({ artefact: id, attempt: ordinal, tries: ordinal }),
  /** `sha256`: of the bytes, as the decision names them. */
  "artefact.promoted": z.strictObject({ artefact: id, gate: id, decision: digest, sha256: digest }),
  "artefact.taken": z.strictObject({
    ...{ artefact: id, blob: id, state: z.enum(["quarantined", "scanned", "refused", "promoted"]) },
  }),
  /** By their age. What a redaction takes is told by `payload.redacted`. */
  "artefact.deleted": z.strictObject({ artefacts: z.array(id).min(1).max(200) }),
} as const;
