import { nameOfRole } from "../authz/rules.ts";
import type { RoleKey } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import type { GateRule } from "../gates/rules.ts";
import { decidingRoles } from "../roles/deciding.ts";
import { actorId, type Scope } from "../scope.ts";
import { countHolders } from "./store.ts";

/** Of a gate's rule: enough people of its roles besides who asks, and one of the role that somebody has to hold. */
export async function requirePeople(
  db: Db,
  scope: Scope,
  { roles, needed, mustHold }: Pick<GateRule, "roles" | "needed" | "mustHold">,
  pilotId: string | null,
): Promise<void> {
  await requireSecondPerson(db, scope, roles, pilotId, needed);
  if (mustHold !== undefined) await requireSecondPerson(db, scope, [mustHold], pilotId);
}

/** Throws refused where too few people could ever agree besides who asks: a gate that cannot open is a trap. */
export async function requireSecondPerson(
  db: Db,
  scope: Scope,
  roles: readonly RoleKey[],
  pilotId: string | null,
  needed = 1,
): Promise<void> {
  const others = await countHolders(db, roles, pilotId, actorId(scope.actor));
  if (others >= needed) return;
  const made = Object.fromEntries((await decidingRoles(db, roles)).map(({ id, name }) => [id, name]));
  const names = roles.map((role) => nameOfRole(role, made)).join(" or ");
  throw refused(
    needed === 1
      ? `Two people have to agree, and nobody but you is ${names} here. Give somebody the role first.`
      : `${needed} people besides you have to agree, and ${others === 0 ? "nobody" : `only ${others}`} but you is ${names} here. Give more people the role first.`,
  );
}
