import { recheckStreams } from "../auth/recheck-streams.ts";
import type { RoleKey } from "../authz/schema.ts";
import { transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { changeOf } from "../record/change.ts";
import { heldRoles } from "../record/rules.ts";
import { grantableRole } from "../roles/service.ts";
import type { Scope } from "../scope.ts";
import { holdAdministrators, requireAdministrator } from "./administrators.ts";
import { requireMayTake } from "./may-give.ts";
import { findLiveGrant, lockPerson, revokeGrant } from "./store.ts";

/** Takes a grant back. It counts from the person's next request on; their streams are asked again at once. */
export async function revokeRole(scope: Scope, grantId: string): Promise<void> {
  await transaction(scope, async (tx) => {
    await holdAdministrators(tx);
    const grant = await findLiveGrant(tx.db, grantId);
    if (!grant) throw notFound("grant");
    const { personId, pilotId } = grant;
    const role = grant.role as RoleKey;
    requireMayTake(scope, await grantableRole(tx, role, pilotId));
    const before = await lockPerson(tx.db, personId);
    if (!(await revokeGrant(tx.db, grantId, new Date(scope.clock.now())))) throw notFound("grant");
    const after = await lockPerson(tx.db, personId);
    if (role === "administrator") await requireAdministrator(tx);
    await recheckStreams(tx, scope, [personId]);
    tx.record({
      kind: "person.role_revoked",
      about: pilotId === null ? [`person:${personId}`] : [`person:${personId}`, `pilot:${pilotId}`],
      ...changeOf(
        { person: personId, roles: heldRoles(before?.grants ?? []) },
        { person: personId, roles: heldRoles(after?.grants ?? []) },
      ),
      detail: { grant: grantId, role, pilotId },
    });
  });
}
