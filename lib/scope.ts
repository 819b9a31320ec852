// Who is acting, and what for. Only doors (lib/guard), jobs and tests make scopes; without one the database
// cannot be asked.
import type { RoleGrant } from "./authz/schema.ts";
import type { Clock } from "./clock.ts";

export type Actor =
  | { readonly kind: "user"; readonly personId: string; readonly sessionId: string }
  /** A program with an API token: it acts for its owner, a person or a service account, and cannot decide at gates. */
  | { readonly kind: "token"; readonly personId: string; readonly tokenId: string }
  | { readonly kind: "runner"; readonly runnerId: string }
  | { readonly kind: "system"; readonly name: string };

declare const made: unique symbol;

export interface Scope {
  readonly actor: Actor;
  readonly grants: readonly RoleGrant[];
  readonly requestId: string;
  readonly clock: Clock;
  readonly [made]: true;
}

export type ScopeParts = Omit<Scope, typeof made>;

/** Called by lib/guard, worker jobs, the seed, the operator's commands and tests only. */
export function makeScope(parts: ScopeParts): Scope {
  return parts as Scope;
}

/** Opaque id of the actor as entries name it. */
export function actorId(actor: Actor): string {
  switch (actor.kind) {
    case "user":
    case "token":
      return actor.personId;
    case "runner":
      return actor.runnerId;
    case "system":
      return `system:${actor.name}`;
  }
}
