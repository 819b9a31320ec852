import { ROLE_NAMES, type Role } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import { actorId, type Scope } from "../scope.ts";
import { countHolders } from "./store.ts";

/** Throws refused where nobody could ever be the second of two people: a gate that cannot open is a trap. */
export async function requireSecondPerson(
  db: Db,
  scope: Scope,
  roles: readonly Role[],
  pilotId: string | null,
): Promise<void> {
  if ((await countHolders(db, roles, pilotId, actorId(scope.actor))) > 0) return;
  const names = roles.map((role) => ROLE_NAMES[role].toLowerCase()).join(" or ");
  throw refused(
    `Two people have to agree, and nobody but you is ${names} here. Give somebody the role first.`,
  );
}
