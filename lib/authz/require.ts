// Object-level checks of services, on top of the door's: what exactly may this scope do, and to which pilot.
import { notFound } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { can, type Permission, PermissionDenied, visiblePilots } from "./rules.ts";

/** Whether the scope is a member of the pilot. */
export function maySee(scope: Scope, pilotId: string): boolean {
  const pilots = visiblePilots(scope.grants);
  return pilots === "all" || pilots.includes(pilotId);
}

/**
 * Whether the scope has the permission on this pilot, or, with `null`, on the organisation: a grant on one pilot
 * never reaches what all pilots share.
 */
export function may(scope: Scope, permission: Permission, pilotId: string | null): boolean {
  const grants = pilotId === null ? scope.grants.filter((grant) => grant.pilotId === null) : scope.grants;
  return can(grants, permission, pilotId ?? undefined);
}

/** Throws unless the scope may. To somebody who is no member the pilot does not exist. */
export function requirePermission(scope: Scope, permission: Permission, pilotId: string | null): void {
  if (pilotId !== null && !maySee(scope, pilotId)) throw notFound("pilot");
  if (!may(scope, permission, pilotId)) throw new PermissionDenied(permission, pilotId);
}
