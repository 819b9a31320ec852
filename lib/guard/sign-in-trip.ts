// The answers that send a browser out to the identity provider and take it in again. Locations are of this site, or
// the address the provider gave itself.
import { SESSION_LENGTH, safeNext } from "../auth/rules.ts";
import type { OpenedSession } from "../auth/schema.ts";
import { cookieValue, sealSession, sessionCookie } from "../auth/session-token.ts";
import { authSettings } from "../auth/settings.ts";
import type { StepDue } from "../auth/steps/open-session.ts";
import { TICKET_LENGTH, ticketCookie } from "../auth/steps/tickets.ts";
import { SECOND } from "../clock.ts";
import type { SsoRefusal } from "../sso/schema.ts";

interface Cookie {
  readonly name: string;
  readonly secure: boolean;
}

/** Lax: they come along when the provider sends the browser back. */
const setCookie = ({ name, secure }: Cookie, value: string, seconds: number): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure ? "; Secure" : ""}`;

function leadTo(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location, "cache-control": "no-store", "referrer-policy": "no-referrer" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

const ssoCookie = () => ticketCookie(authSettings().url, "sso");
const noTicket = () => setCookie(ssoCookie(), "", 0);

export const carriedTicket = (headers: { get(name: string): string | null }): string | null =>
  cookieValue(headers.get("cookie"), ssoCookie().name);

export const leaveFor = (provider: string, ticket: string): Response =>
  leadTo(provider, [setCookie(ssoCookie(), ticket, TICKET_LENGTH / SECOND)]);

export async function arrive({ sessionId }: OpenedSession, next: string): Promise<Response> {
  const seconds = SESSION_LENGTH / SECOND;
  const session = setCookie(
    sessionCookie(authSettings().url),
    await sealSession(sessionId, seconds),
    seconds,
  );
  return leadTo(safeNext(next), [session, noTicket()]);
}

/** Somebody came in by the provider, and takes a second step here. */
export function toSecondStep({ ticket }: StepDue, next: string): Response {
  const step = setCookie(ticketCookie(authSettings().url, "second_step"), ticket, TICKET_LENGTH / SECOND);
  return leadTo(`/sign-in/second-step?next=${encodeURIComponent(safeNext(next))}`, [step, noTicket()]);
}

export function backToSignIn({ refused, next }: { refused?: SsoRefusal; next: string }): Response {
  const query = new URLSearchParams({ next: safeNext(next), ...(refused ? { refused } : { asked: "1" }) });
  return leadTo(`/sign-in?${query}`, [noTicket()]);
}
