import { ROLE_NAMES, type Role } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import { actorId, type Scope } from "../scope.ts";
import { countHolders } from "./store.ts";

/** Throws refused where too few people could ever agree besides who asks: a gate that cannot open is a trap. */
export async function requireSecondPerson(
  db: Db,
  scope: Scope,
  roles: readonly Role[],
  pilotId: string | null,
  needed = 1,
): Promise<void> {
  const others = await countHolders(db, roles, pilotId, actorId(scope.actor));
  if (others >= needed) return;
  const names = roles.map((role) => ROLE_NAMES[role].toLowerCase()).join(" or ");
  throw refused(
    needed === 1
      ? `Two people have to agree, and nobody but you is ${names} here. Give somebody the role first.`
      : `${needed} people besides you have to agree, and ${others === 0 ? "nobody" : `only ${others}`} but you is ${names} here. Give more people the role first.`,
  );
}
