// Channels by which people are told, and what they asked to be told. Never an address, a key or a word of what was said.
import { z } from "zod";
import { count, digest, id } from "./words.ts";

const part = z.enum(["password", "url", "routing_key", "signing"]);

export const NOTICE_KINDS = {
  /** `public_key_sha256`: of the X25519 public key that secrets are sealed to. */
  "channel.key_published": z.strictObject({ public_key_sha256: digest }),
  /** `settings`: SHA-256 of the settings' canonical text. */
  "channel.added": z.strictObject({
    kind: z.enum(["smtp", "slack", "pagerduty", "webhook"]),
    settings: digest,
  }),
  "channel.removed": z.strictObject({}),
  "channel.secret_set": z.strictObject({ secret: id, part, sealed_to: id }),
  "channel.secret_retired": z.strictObject({ secret: id, part }),
  "channel.test_asked": z.strictObject({ delivery: id }),
  /** One that failed or was given up, under the same id. */
  "channel.resend_asked": z.strictObject({ delivery: id }),
  /** Nothing goes through any more, after so many tries. */
  "channel.failing": z.strictObject({ failures: count }),
  "channel.recovered": z.strictObject({ failures: count }),
  /** What somebody waits for went on waiting: the others who may decide were told. */
  "gate.escalated": z.strictObject({ told: count }),
  /** `subscriptions`: how many; `quiet`: whether there are hours of quiet. */
  "person.notices_set": z.strictObject({ subscriptions: count, quiet: z.boolean() }),
} as const;
