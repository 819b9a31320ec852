// Who may give or take which role, asked inside the transaction that does it.
import { requirePermission } from "../authz/require.ts";
import type { RoleGrant, RoleKey } from "../authz/schema.ts";
import type { Tx } from "../db.ts";
import { forbidden, refused } from "../errors.ts";
import { grantableRole } from "../roles/service.ts";
import type { Scope } from "../scope.ts";
import { refusalToGive, refusalToTake } from "./rules.ts";
import { findPilotName, selectWithOwners } from "./store.ts";

export interface Place {
  readonly role: RoleKey;
  readonly pilotId: string | null;
}

/** The installation itself gives the first roles; nobody else is past the rules. */
const isInstallation = ({ actor }: Scope): boolean => actor.kind === "system";

function giverOf({ actor, grants }: Scope) {
  if (actor.kind !== "user") throw forbidden("Only a person who signed in gives and takes roles.");
  return { personId: actor.personId, grants };
}

/** To be asked first: who gives no roles there is told nothing else. */
export function requireMayGiveRoles(scope: Scope, pilotId: string | null): void {
  if (!isInstallation(scope)) requirePermission(scope, "role.grant", pilotId);
}

/** What the role gives there. What a service account gets its owner gets: they hold its tokens. Throws unless the scope may give it to these people. */
export async function requireMayGive(
  tx: Tx,
  scope: Scope,
  { role, pilotId, endsAt }: Place & { readonly endsAt: Date | null },
  people: readonly string[],
): Promise<RoleGrant> {
  requireMayGiveRoles(scope, pilotId);
  const given = await grantableRole(tx, role, pilotId);
  if (isInstallation(scope)) return given;
  if (pilotId !== null && (await findPilotName(tx.db, pilotId)) === null)
    throw refused("There is no such pilot.", { pilotId: ["Choose one of the pilots."] });
  if (endsAt !== null && endsAt.getTime() <= scope.clock.now())
    throw refused("The role would have ended already.", { endsAt: ["Choose a day that is still to come."] });
  const refusal = refusalToGive(giverOf(scope), given, await selectWithOwners(tx.db, people));
  if (refusal !== null) throw refused(refusal);
  return given;
}

/** Throws unless the scope may take such a grant from somebody. */
export function requireMayTake(scope: Scope, given: RoleGrant): void {
  if (isInstallation(scope)) return;
  requirePermission(scope, "role.grant", given.pilotId);
  const refusal = refusalToTake(giverOf(scope), given);
  if (refusal !== null) throw refused(refusal);
}
