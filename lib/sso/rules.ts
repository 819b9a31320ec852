import { HOUR, MINUTE } from "../clock.ts";
import type { Claims, SsoRefusal } from "./schema.ts";

/** After this long the provider is asked whether the person is still there. */
export const CHECK_AFTER = 30 * MINUTE;
/** And past this, counted from its last yes, its silence is a no. */
export const CHECK_BY = HOUR;
/** While it does not answer, it is asked no more often. */
export const ASK_AGAIN = MINUTE;

export const checkTimes = (now: number) => ({
  checkDueAt: new Date(now + CHECK_AFTER),
  checkBy: new Date(now + CHECK_BY),
});

export const REFUSALS: Record<SsoRefusal, string> = {
  not_set_up: "Single sign-on is not set up here.",
  no_ticket: "This sign-in was not begun in this browser, or more than ten minutes ago. Begin again.",
  used: "This sign-in was used already. Begin again.",
  not_ours:
    "What the identity provider answered does not belong to this sign-in, so it was refused. Begin again.",
  declined: "The identity provider did not sign you in. Begin again, or ask who runs it.",
  provider_down:
    "The identity provider does not answer, so nobody can be signed in by it now. Try again in a moment.",
  not_invited:
    "The identity provider knows you, but nobody invited you here. Ask a lead to add you by your e-mail address.",
  unverified_email:
    "The identity provider has not verified your e-mail address, so it cannot be matched with an invitation. Ask who runs it.",
  other_subject:
    "Your e-mail address belongs here to somebody whom the identity provider knows as another account. Ask who runs Pilothouse.",
  disabled: "This person was deactivated here. Ask who runs Pilothouse.",
  too_weak:
    "The identity provider did not make sure who you are in the way that is asked for here, such as by a second step. Sign in there in that way, or ask who runs it.",
};

/** Whether the provider made sure of it in a way that is asked for. What it does not say it did not do. */
export function isSureEnough(
  { acr, amr = [] }: Pick<Claims, "acr" | "amr">,
  asked: { readonly acr: readonly string[]; readonly amr: readonly string[] },
): boolean {
  const isAcr = asked.acr.length === 0 || (acr !== undefined && asked.acr.includes(acr));
  return isAcr && (asked.amr.length === 0 || amr.some((way) => asked.amr.includes(way)));
}

/** A person known by the address, as the match sees them. */
export interface Invited {
  readonly personId: string;
  readonly disabled: boolean;
  /** Their subject at this provider, where they came by it before. */
  readonly subject: string | null;
}

export type Match =
  | { readonly as: "known" | "first_time"; readonly personId: string }
  | { readonly as: "new"; readonly email: string; readonly name: string }
  | { readonly refused: "disabled" | "unverified_email" | "not_invited" | "other_subject" };

export interface MatchFacts {
  readonly claims: Claims;
  /** Who has this issuer and subject already. */
  readonly known: Invited | null;
  /** Who was invited under the e-mail address. */
  readonly invited: Invited | null;
  /** Whether a group of theirs may come without an invitation. */
  readonly mayJoin: boolean;
}

/** Who it is: by issuer and subject, the first time by a verified address that somebody was invited under. */
export function matchPerson({ claims, known, invited, mayJoin }: MatchFacts): Match {
  if (known) return known.disabled ? { refused: "disabled" } : { as: "known", personId: known.personId };
  const { email, name } = claims;
  if (!email || claims.email_verified !== true) return { refused: "unverified_email" };
  if (!invited) {
    if (!mayJoin) return { refused: "not_invited" };
    return { as: "new", email, name: name || (email.split("@")[0] ?? email) };
  }
  if (invited.disabled) return { refused: "disabled" };
  if (invited.subject !== null) return { refused: "other_subject" };
  return { as: "first_time", personId: invited.personId };
}
