import type { AccessState } from "./schema.ts";

export interface AccessTimes {
  readonly expiresAt: Date;
  readonly withdrawnAt: Date | null;
}

/** An access is over at the very millisecond it ends. */
export function accessState({ expiresAt, withdrawnAt }: AccessTimes, now: number): AccessState {
  if (withdrawnAt !== null) return "withdrawn";
  return now >= expiresAt.getTime() ? "expired" : "active";
}

/** `pla_` and 32 random bytes in base64url. */
const TOKEN = /^pla_[A-Za-z0-9_-]{43}$/;

/** The token of an Authorization header; null where it holds none of ours. */
export function bearerToken(header: string | null): string | null {
  const [, token = ""] = /^bearer +(\S+) *$/i.exec(header ?? "") ?? [];
  return TOKEN.test(token) ? token : null;
}

/** Whether a request shows a bearer token at all, of ours or not. */
export const showsBearer = (header: string | null): boolean => /^bearer\b/i.test(header ?? "");
