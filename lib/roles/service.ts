// Roles that are made here. The built-in ones are fixed: nothing in this file changes them, and the database refuses it.
import { recheckStreams } from "../auth/recheck-streams.ts";
import { requirePermission } from "../authz/require.ts";
import { permissionsOf } from "../authz/rules.ts";
import type { RoleGrant, RoleKey } from "../authz/schema.ts";
import { isDuplicate, read, type Tx, transaction } from "../db.ts";
import { badInput, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { changeOf, made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import type { RoleInput, RoleView } from "./schema.ts";
import {
  insertRole,
  lockRole,
  type RoleRow,
  retire,
  selectHoldersOf,
  selectRoles,
  updateRole,
} from "./store.ts";

/** What entries commit to before and after. The name is somebody's own words, and stands in none. */
const roleState = (id: string, permissions: readonly string[] | null) => ({
  role: id,
  permissions: permissions === null ? null : [...permissions].sort(),
});

const asGrant = ({ id, builtIn, permissions }: RoleRow, pilotId: string | null): RoleGrant => ({
  role: id as RoleKey,
  pilotId,
  ...(builtIn ? {} : { permissions: permissions as RoleGrant["permissions"] & {} }),
});

export async function listRoles(scope: Scope): Promise<RoleView[]> {
  const rows = await read(scope, selectRoles);
  return rows.map((row) => ({
    id: row.id as RoleKey,
    name: row.name,
    description: row.description,
    isBuiltIn: row.builtIn,
    permissions: permissionsOf(asGrant(row, null)),
    holders: row.holders,
  }));
}

/** What giving the role there would give. Throws where there is no such role; it stays as it is until the end. */
export async function grantableRole(tx: Tx, role: string, pilotId: string | null): Promise<RoleGrant> {
  const row = await lockRole(tx.db, role);
  if (!row) throw refused("There is no such role any more.", { role: ["Choose one of the roles."] });
  return asGrant(row, pilotId);
}

const taken = (error: unknown): never => {
  if (!isDuplicate(error)) throw error;
  const sentence = "Another role is called this already.";
  throw badInput(sentence, { name: [sentence] });
};

export async function createRole(scope: Scope, input: RoleInput): Promise<string> {
  requirePermission(scope, "role.manage", null);
  const now = scope.clock.now();
  const id = newId("role", now);
  await transaction(scope, async (tx) => {
    await insertRole(tx.db, {
      id,
      ...input,
      createdBy: actorId(scope.actor),
      createdAt: new Date(now),
    });
    tx.record({
      kind: "role.created",
      about: [`role:${id}`],
      ...made(roleState(id, input.permissions)),
      detail: { permissions: [...input.permissions] },
    });
  }).catch(taken);
  return id;
}

/**
 * Counts from the next request of whoever holds it. Somebody who holds the role cannot put more into it: what anybody gets
 * comes from another.
 */
export async function changeRole(scope: Scope, roleId: string, input: RoleInput): Promise<void> {
  requirePermission(scope, "role.manage", null);
  await transaction(scope, async (tx) => {
    const role = await lockOwn(tx, roleId);
    const holders = await selectHoldersOf(tx.db, roleId);
    const more = input.permissions.filter((each) => !role.permissions.includes(each));
    if (more.length > 0 && holders.includes(actorId(scope.actor)))
      throw refused("You hold this role yourself; somebody else has to put more into it.");
    await updateRole(tx.db, { ...role, ...input });
    await recheckStreams(tx, scope, holders);
    tx.record({
      kind: "role.changed",
      about: [`role:${roleId}`],
      ...changeOf(roleState(roleId, role.permissions), roleState(roleId, input.permissions)),
      detail: { permissions: [...input.permissions] },
    });
  }).catch(taken);
}

/** Nobody holds it from then on; grants of it stay in the record and give nothing. */
export async function retireRole(scope: Scope, roleId: string): Promise<void> {
  requirePermission(scope, "role.manage", null);
  await transaction(scope, async (tx) => {
    const role = await lockOwn(tx, roleId);
    await recheckStreams(tx, scope, await selectHoldersOf(tx.db, roleId));
    await retire(tx.db, roleId, new Date(scope.clock.now()));
    tx.record({
      kind: "role.retired",
      about: [`role:${roleId}`],
      ...changeOf(roleState(roleId, role.permissions), roleState(roleId, null)),
      detail: {},
    });
  });
}

async function lockOwn(tx: Tx, roleId: string): Promise<RoleRow> {
  const role = await lockRole(tx.db, roleId);
  if (!role) throw notFound("role");
  if (role.builtIn) throw refused(`“${role.name}” is built in, and stays as it is. Make a role of your own.`);
  return role;
}
