// Object-level checks of services, on top of the door's: what exactly may this scope do, and to which pilot.
import { notFound } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { can, isMember, type Permission, PermissionDenied, visiblePilots } from "./rules.ts";

/** Whether the scope may see of the pilot what the permission says. */
export function maySee(scope: Scope, pilotId: string, permission: Permission = "pilot.view"): boolean {
  const pilots = visiblePilots(scope.grants, permission);
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
  if (may(scope, permission, pilotId)) return;
  if (pilotId !== null && !isMember(scope.grants, pilotId)) throw notFound("pilot");
  throw new PermissionDenied(permission, pilotId);
}
