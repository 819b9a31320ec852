import { SECOND } from "../clock.ts";

/** How long a question to an authenticator can be answered. */
export const CHALLENGE_LIFE = 60 * SECOND;
/** The most a person has at a time: a lost one is removed, not kept. */
export const MOST_PASSKEYS = 20;

/** COSE algorithms that are taken, the preferred first. */
export const ALGORITHMS: Readonly<Record<number, string>> = { [-8]: "EdDSA", [-7]: "ES256", [-257]: "RS256" };

/** Whom a passkey is bound to: authenticators know the domain, browsers tell the origin. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

const isAddress = (host: string): boolean => host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host);

/** Why there can be no passkeys at this address; null where there can. */
export function whyNoPasskeys(url: URL): string | null {
  if (isAddress(url.hostname))
    return `Browsers keep passkeys for names, and ${url.hostname} is a number. Open this deployment by a name, such as localhost, and set PILOTHOUSE_URL to it.`;
  if (url.protocol === "https:" || url.hostname === "localhost" || url.hostname.endsWith(".localhost"))
    return null;
  return "Browsers keep passkeys for https alone, or for localhost. Set PILOTHOUSE_URL to an https address.";
}

/** What entries about a passkey commit to before and after. */
export const passkeyState = (
  {
    id,
    personId,
    credential,
  }: { readonly id: string; readonly personId: string; readonly credential: string },
  state: "waiting" | "confirmed" | "removed",
) => ({ passkey: id, person: personId, credential, state });

export interface Counting {
  readonly personId: string;
  readonly rpId: string;
  readonly confirmedAt: Date | null;
  readonly removedAt: Date | null;
}

/** Why what this passkey signed does not count for the person; null when it does. */
export function whyNotCounting(passkey: Counting | null, personId: string, rpId: string): string | null {
  if (passkey?.personId !== personId)
    return "This passkey is not one of yours. Use the one you enrolled here.";
  if (passkey.removedAt !== null) return "This passkey was removed. Enrol it again, or use another.";
  if (passkey.confirmedAt === null)
    return "Nobody has confirmed this passkey yet. Ask a lead or an administrator to, on Passkeys.";
  return passkey.rpId === rpId
    ? null
    : "This passkey belongs to another address of this deployment. Enrol it again.";
}
