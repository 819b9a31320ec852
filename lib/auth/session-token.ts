// The session cookie: an encrypted token that names a session. The session table decides whether it still
// lives, so a stolen or kept token ends with its row.
import { decode, encode } from "next-auth/jwt";
import { idPattern } from "../ids.ts";
import { sessionCookieName } from "./cookie-name.ts";
import { type AuthSettings, authSettings } from "./settings.ts";

const SALT = "pilothouse-session";
const SESSION_ID = idPattern("session");

export interface SessionCookie {
  readonly name: string;
  readonly secure: boolean;
}

export const sessionCookie = (url: URL): SessionCookie => ({
  name: sessionCookieName(url),
  secure: url.protocol === "https:",
});

/** `seconds` is how long the token is good for at most. */
export function sealSession(
  sessionId: string,
  seconds: number,
  { secret } = authSettings(),
): Promise<string> {
  return encode({ token: { sid: sessionId }, secret, salt: SALT, maxAge: seconds });
}

/** The session a token names, or null when it is not ours, altered or expired. */
export async function openSession(
  token: string,
  { secret }: AuthSettings = authSettings(),
): Promise<string | null> {
  try {
    const payload = await decode({ token, secret, salt: SALT });
    const sid = payload?.sid;
    return typeof sid === "string" && SESSION_ID.test(sid) ? sid : null;
  } catch {
    return null; // every way a token can be bad ends here, and each means: signed out
  }
}

/** One cookie out of a Cookie header. Where a name comes twice the first counts, as browsers sort longer paths first. */
export function cookieValue(header: string | null, name: string): string | null {
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
