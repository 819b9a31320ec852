// Gives the browser its session, and takes it away. For the handlers of sign-in and sign-out actions.
import { cookies } from "next/headers";
import { SESSION_LENGTH } from "../auth/rules.ts";
import type { OpenedSession } from "../auth/schema.ts";
import { openSession, sealSession, sessionCookie } from "../auth/session-token.ts";
import { authSettings } from "../auth/settings.ts";
import { TICKET_LENGTH, ticketCookie } from "../auth/steps/tickets.ts";
import { SECOND } from "../clock.ts";

export async function keepSession(session: OpenedSession): Promise<void> {
  const { name, secure } = sessionCookie(authSettings().url);
  const value = await sealSession(session.sessionId, SESSION_LENGTH / SECOND);
  (await cookies()).set(name, value, {
    httpOnly: true,
    sameSite: "lax",
    secure,
    path: "/",
    expires: session.expiresAt,
  });
}

/** The session the browser names, live or not. */
export async function keptSessionId(): Promise<string | null> {
  const token = (await cookies()).get(sessionCookie(authSettings().url).name)?.value;
  return token ? openSession(token) : null;
}

export async function dropSession(): Promise<void> {
  const { name, secure } = sessionCookie(authSettings().url);
  (await cookies()).set(name, "", { httpOnly: true, sameSite: "lax", secure, path: "/", maxAge: 0 });
}

const stepCookie = () => ticketCookie(authSettings().url, "second_step");

/** What the second step of signing in needs of the first. */
export async function keepTicket(ticket: string): Promise<void> {
  const { name, secure } = stepCookie();
  const options = { httpOnly: true, sameSite: "strict", secure, path: "/" } as const;
  (await cookies()).set(name, ticket, { ...options, maxAge: TICKET_LENGTH / SECOND });
}

export const keptTicket = async (): Promise<string | null> =>
  (await cookies()).get(stepCookie().name)?.value ?? null;

export async function dropTicket(): Promise<void> {
  const { name, secure } = stepCookie();
  (await cookies()).set(name, "", { httpOnly: true, sameSite: "strict", secure, path: "/", maxAge: 0 });
}
