// What happens to the log itself, and who looks into it.
import { z } from "zod";
import { count, digest, id, instant, ordinal, reason } from "./words.ts";

const key = {
  /** The key hash of C2SP signed-note, hex. */
  key_id: z.string().regex(/^[0-9a-f]{8,64}$/),
  /** The verifier key as policies write it: `name+hash+base64`. */
  verifier: z.string().regex(/^[^\s\p{C}]{1,1000}$/u),
} as const;
const origin = z.string().regex(/^[^\s\p{C}]{1,200}$/u);

export const LOG_KINDS = {
  /** `kept` entries of the old log are in the new one; `lost_*` says what the last known checkpoint held beyond. */
  "log.epoch_started": z.strictObject({
    old_origin: origin,
    old_size: count,
    old_root: digest,
    checkpoint_sha256: digest,
    kept: count,
    lost_from: count.nullable(),
    lost_to: count.nullable(),
    lost_first: id.nullable(),
    lost_last: id.nullable(),
    ...reason,
  }),
  "log.key_added": z.strictObject(key),
  "log.key_retired": z.strictObject(key),
  "log.searched": z.strictObject({ query_sha256: digest, filters_sha256: digest, results: count }),
  "log.access_given": z.strictObject({
    label_sha256: digest,
    pilot: id.nullable(),
    with_blobs: z.boolean(),
    expires_at: instant,
  }),
  "log.access_withdrawn": z.strictObject({}),
  "log.export_started": z.strictObject({
    epoch: ordinal,
    size: count,
    with_blobs: z.boolean(),
    access: id.nullable(),
  }),
  "log.dossier_made": z.strictObject({ run: id, epoch: ordinal, size: count, sha256: digest.nullable() }),
} as const;
