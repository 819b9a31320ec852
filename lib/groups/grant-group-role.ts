// Giving a role to a group gives it to everybody in it, so the same rules hold as for giving it to each of them.
import { recheckStreams } from "../auth/recheck-streams.ts";
import type { RoleKey } from "../authz/schema.ts";
import { transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import { holdAdministrators, requireAdministrator } from "../people/administrators.ts";
import { requireMayGive, requireMayGiveRoles, requireMayTake } from "../people/may-give.ts";
import { changeOf } from "../record/change.ts";
import { grantableRole } from "../roles/service.ts";
import { actorId, type Scope } from "../scope.ts";
import type { GrantGroupRole } from "./schema.ts";
import { lockedGroup, stateOf } from "./service.ts";
import {
  findGroupGrant,
  insertGroupGrant,
  revokeGroupGrant,
  selectGroupGrants,
  selectMemberIds,
} from "./store.ts";

export async function grantGroupRole(
  scope: Scope,
  { groupId, role, pilotId, endsAt = null }: GrantGroupRole,
): Promise<void> {
  requireMayGiveRoles(scope, pilotId);
  await transaction(scope, async (tx) => {
    const group = await lockedGroup(tx, groupId);
    const members = await selectMemberIds(tx.db, groupId);
    await requireMayGive(tx, scope, { role, pilotId, endsAt }, members);
    const before = await stateOf(tx, scope, groupId);
    const now = scope.clock.now();
    const held = await selectGroupGrants(tx.db, groupId, new Date(now));
    if (held.some((one) => one.role === role && one.pilotId === pilotId))
      throw conflict(`${group.name} has this role already.`);
    const id = newId("grant", now);
    await insertGroupGrant(tx.db, {
      ...{ id, groupId, role, pilotId, endsAt },
      grantedBy: actorId(scope.actor),
      createdAt: new Date(now),
    });
    await recheckStreams(tx, scope, members);
    tx.record({
      kind: "group.role_granted",
      about: [`group:${groupId}`, ...(pilotId === null ? [] : [`pilot:${pilotId}` as const])],
      ...changeOf(before, await stateOf(tx, scope, groupId)),
      detail: { grant: id, role, pilotId, ...(endsAt === null ? {} : { endsAt: endsAt.getTime() }) },
    });
  });
}

export async function revokeGroupRole(scope: Scope, grantId: string): Promise<void> {
  await transaction(scope, async (tx) => {
    await holdAdministrators(tx);
    const grant = await findGroupGrant(tx.db, grantId);
    if (!grant) throw notFound("grant");
    const { groupId, pilotId } = grant;
    const role = grant.role as RoleKey;
    await lockedGroup(tx, groupId);
    requireMayTake(scope, await grantableRole(tx, role, pilotId));
    const before = await stateOf(tx, scope, groupId);
    if (!(await revokeGroupGrant(tx.db, grantId, new Date(scope.clock.now())))) throw notFound("grant");
    await requireAdministrator(tx);
    await recheckStreams(tx, scope, before.members ?? []);
    tx.record({
      kind: "group.role_revoked",
      about: [`group:${groupId}`, ...(pilotId === null ? [] : [`pilot:${pilotId}` as const])],
      ...changeOf(before, await stateOf(tx, scope, groupId)),
      detail: { grant: grantId, role, pilotId },
    });
  });
}
