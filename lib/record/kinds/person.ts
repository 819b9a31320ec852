import { z } from "zod";
import { address, count, digest, id, instant, role } from "./words.ts";

export const PERSON_KINDS = {
  "person.created": z.strictObject({}),
  "person.link_made": z.strictObject({ link: id }),
  /** Handed to a channel for mail, sealed, under the id of a delivery. */
  "person.link_mailed": z.strictObject({ link: id, delivery: id }),
  "person.link_used": z.strictObject({ link: id }),
  "person.password_set": z.strictObject({ sessionsEnded: count }),
  "person.role_granted": z.strictObject({ role, pilotId: id.nullable(), endsAt: instant.optional() }),
  "person.signed_in": z.strictObject({
    session: id,
    address,
    method: z.enum(["link", "password", "sso"]),
    /** The second step, where there was one. */
    factor: z.enum(["totp", "recovery_code", "passkey"]).optional(),
  }),
  "person.signed_out": z.strictObject({ session: id }),
  "person.sign_in_refused": z.strictObject({
    address,
    reason: z.enum([
      "wrong_password",
      "unknown_account",
      "disabled",
      "no_password",
      "waiting",
      "sso_only",
      "wrong_code",
      "not_invited",
      "unverified_email",
      "provider_refused",
      "other_subject",
      "too_weak",
    ]),
    /** Refusals of this address that the flood gate left out since the last one. */
    unwritten: count,
  }),
} as const;

/** How somebody is known beyond a password, and how sessions end that nobody signed out of. */
export const SIGN_IN_KINDS = {
  "person.identity_linked": z.strictObject({ identity: id }),
  "person.sessions_ended": z.strictObject({
    sessions: count,
    /** The one it was, where it was one by name. */
    session: id.nullable(),
    cause: z.enum(["own", "by_another", "provider"]),
  }),
  /** Single sign-on alone is allowed, and the one person who may do without did. */
  "person.emergency_signed_in": z.strictObject({ session: id, address }),
  "person.totp_enrolled": z.strictObject({ recovery_codes: count }),
  "person.totp_removed": z.strictObject({ cause: z.enum(["own", "by_another"]) }),
  "person.recovery_code_used": z.strictObject({ left: count }),
} as const;

/** SHA-256 of the credential's id as its authenticator writes it. */
const credential = digest;

export const PASSKEY_KINDS = {
  /** `key` is the COSE_Key, base64url; `rp` the SHA-256 of the domain, as authenticators sign it. */
  "passkey.enrolled": z.strictObject({
    passkey: id,
    person: id,
    credential,
    key: z.string().regex(/^[0-9A-Za-z_-]{20,2000}$/),
    rp: digest,
  }),
  "passkey.confirmed": z.strictObject({ passkey: id, person: id, credential }),
  "passkey.removed": z.strictObject({
    passkey: id,
    person: id,
    credential,
    why: z.enum(["owner", "turned_away", "withdrawn", "deactivated"]),
  }),
} as const;
