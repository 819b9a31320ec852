// Why a try failed, in words that hold nothing of an address, a key or an answer.
import type { Outcome } from "#lib/notices/settle-delivery.ts";

export const SENT: Outcome = { outcome: "sent" };
export const down = (reason: string): Outcome => ({ outcome: "down", reason });
export const refusedBy = (reason: string): Outcome => ({ outcome: "refused", reason });

/** Where it may not be sent, or cannot be. */
export class Unreachable extends Error {}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens there.",
  ECONNRESET: "The connection was cut.",
  ECONNECTION: "No connection was made.",
  ENOTFOUND: "The host has no address.",
  EAI_AGAIN: "The host's address could not be looked up.",
  EHOSTUNREACH: "There is no way to the host.",
  ENETUNREACH: "There is no way to the host.",
  ETIMEDOUT: "It took too long.",
  ESOCKET: "The connection was cut, or its certificate is not good.",
  EPROTO: "It does not speak TLS as it should.",
  ETLS: "TLS could not be begun.",
  EDNS: "The host's address could not be looked up.",
  EAUTH: "It does not accept the user name and the password.",
  CERT_HAS_EXPIRED: "Its certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "Its certificate is signed by nobody known.",
  SELF_SIGNED_CERT_IN_CHAIN: "Its certificate is signed by nobody known.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "Its certificate is signed by nobody known.",
  ERR_TLS_CERT_ALTNAME_INVALID: "Its certificate is for another name.",
};

/** Only closed words: messages of libraries and servers may quote what was sent. */
export function reasonOf(error: unknown): string {
  if (error instanceof Unreachable) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") return "It took too long.";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return WORDS[code] ?? (/^[A-Z_]{3,40}$/.test(code) ? `It failed (${code}).` : "It failed.");
}
