// Gives the browser its session, and takes it away. For the handlers of sign-in and sign-out actions.
import { cookies } from "next/headers";
import { SESSION_LENGTH } from "../auth/rules.ts";
import type { OpenedSession } from "../auth/schema.ts";
import { sealSession, sessionCookie } from "../auth/session-token.ts";
import { authSettings } from "../auth/settings.ts";
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

export async function dropSession(): Promise<void> {
  const { name, secure } = sessionCookie(authSettings().url);
  (await cookies()).set(name, "", { httpOnly: true, sameSite: "lax", secure, path: "/", maxAge: 0 });
}
