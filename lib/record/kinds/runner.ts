import { z } from "zod";
import { address, count, digest, instant, phase, tier, word } from "./words.ts";

const phases = z.array(phase).max(8);

export const RUNNER_KINDS = {
  "runner.enrolment_made": z.strictObject({ phases, expires_at: instant }),
  "runner.registered": z.strictObject({
    /** Of the id the host gave itself. */
    host_sha256: digest,
    phases,
    tier,
    /** Ed25519, SPKI DER in base64. */
    public_key: z.string().regex(/^[A-Za-z0-9+/]{40,200}={0,2}$/),
    address,
  }),
  /** `code`: at registration; `reason`: at the door of a request. */
  "runner.refused": z.strictObject({
    code: word.optional(),
    reason: z.enum(["unsigned", "unknown", "malformed", "signature", "revoked", "clock"]).optional(),
    address,
    unwritten: count,
  }),
  "runner.revoked": z.strictObject({}),
} as const;
