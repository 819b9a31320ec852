import { z } from "zod";

/** Compared in small letters. The sign for kelvin is made a plain k by that, and another mailbox with it. */
const Address = z
  .string()
  .max(254)
  .regex(/^[^\u212A]*$/)
  .trim()
  .toLowerCase();

/** What a provider says of a person, of what we read; everything else is left where it is. */
export const Claims = z.object({
  sub: z.string().min(1).max(255),
  email: Address.optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().trim().max(200).optional().catch(undefined),
  /** How it made sure who it is (OpenID Connect Core, section 2; RFC 8176). */
  acr: z.string().max(300).optional().catch(undefined),
  amr: z.array(z.string().max(100)).max(50).optional().catch(undefined),
});
export type Claims = z.infer<typeof Claims>;

/** One name, or several. Nothing said of groups is none. */
export const GroupClaim = z.union([
  z.array(z.string().max(300)).max(1000),
  z
    .string()
    .max(300)
    .transform((one) => [one]),
]);

export interface Known {
  readonly issuer: string;
  readonly claims: Claims;
  readonly groups: readonly string[];
  readonly refreshToken: string | null;
}

/** What the browser carries from the way out to the way back. */
export const SsoTicket = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
  silent: z.boolean(),
});
export type SsoTicket = z.infer<typeof SsoTicket>;

/** Why single sign-on led back to the sign-in page: closed words, as they stand in the address. */
export const SsoRefusal = z.enum([
  "not_set_up",
  "no_ticket",
  "used",
  "not_ours",
  "declined",
  "provider_down",
  "not_invited",
  "unverified_email",
  "other_subject",
  "disabled",
  "too_weak",
]);
export type SsoRefusal = z.infer<typeof SsoRefusal>;
