import { can, type DoorPermission, isMember, PermissionDenied } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import { AppError, notFound } from "../errors.ts";

export interface OriginFacts {
  readonly method: string;
  readonly origin: string | null;
  readonly fetchSite: string | null;
  readonly host: string | null;
  /** Origin of PILOTHOUSE_URL. */
  readonly ownOrigin: string;
  readonly signedIn: boolean;
}

const HARMLESS: readonly string[] = ["GET", "HEAD"];

/**
 * Null, or why a request that changes something is refused as cross-site. Browsers say where it comes from;
 * something that says nothing is no browser, and may knock as long as it brings nobody's session.
 */
export function foreignOrigin(facts: OriginFacts): string | null {
  const { method, origin, fetchSite, host, ownOrigin, signedIn } = facts;
  if (HARMLESS.includes(method)) return null;
  if (origin === null && fetchSite === null) {
    return signedIn ? "The request does not say which page it comes from." : null;
  }
  if (isLedFromElsewhere(fetchSite)) return "The request comes from another site.";
  if (origin !== null && origin !== ownOrigin && hostOfOrigin(origin) !== host)
    return "The request comes from another site.";
  return null;
}

/** Whether another site led a browser here, where even reading leaves a trace. A browser that does not say is let through. */
export const isLedFromElsewhere = (fetchSite: string | null): boolean =>
  fetchSite !== null && fetchSite !== "same-origin" && fetchSite !== "none";

function hostOfOrigin(origin: string): string | null {
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) ? new URL(origin).host : null;
}

export interface Knock {
  readonly permission: DoorPermission;
  /** Undefined: on the organisation or any pilot. */
  readonly pilotId?: string | undefined;
  readonly what: string;
  /** Null: nobody is signed in. */
  readonly grants: readonly RoleGrant[] | null;
}

/** Passes, or throws: unauthenticated; not_found to who is no member; PermissionDenied to a member. */
export function admit({ permission, pilotId, what, grants }: Knock): void {
  if (permission === "public") return;
  if (grants === null)
    throw new AppError(
      "unauthenticated",
      "Your session is over or you have not signed in. Sign in, then try again.",
    );
  if (permission === "signed_in") return;
  if (!isMember(grants, pilotId)) throw notFound(what);
  if (!can(grants, permission, pilotId)) throw new PermissionDenied(permission, pilotId ?? null);
}

/** The caller's address: the socket's, or behind `hops` trusted proxies the entry the outermost of them appended. */
export function callerAddress(socket: string, forwardedFor: string | null, hops: number): string {
  if (hops === 0 || forwardedFor === null) return socket;
  const chain = forwardedFor.split(",").map((entry) => entry.trim());
  const entry = chain[chain.length - hops] ?? "";
  return /^[0-9a-fA-F:.]{2,45}$/.test(entry) ? entry : socket;
}

/** Throws too_large for a declared length above the door's; a length nobody declared is counted while reading. */
export function checkDeclaredLength(declared: string | null, maxBytes: number): void {
  if (declared === null) return;
  if (!/^\d{1,15}$/.test(declared)) throw new AppError("bad_input", "The Content-Length is not a number.");
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes);
}

export const tooLarge = (maxBytes: number) =>
  new AppError(
    "too_large",
    `The request is larger than the ${maxBytes.toLocaleString("en")} bytes this takes.`,
  );
