import type { Tx } from "../db.ts";
import { joinGroup, leaveGroup, lockedGroup } from "../groups/service.ts";
import { holdAdministrators, takesLastAdministrator } from "../people/administrators.ts";
import type { Scope } from "../scope.ts";
import { selectGroupChanges } from "./store.ts";

/**
 * Puts the person into the groups of this deployment that single sign-on fills and that are called as the provider's, and
 * takes them out of those it no longer names. What was done by hand stays. No group at all, or none told, is none. The last
 * administrator stays in the group they are one by, with an entry each time: nobody's sign-in fails for it, and somebody is
 * still there to let others in.
 */
export async function syncGroups(
  tx: Tx,
  scope: Scope,
  personId: string,
  names: readonly string[],
): Promise<void> {
  const changes = await selectGroupChanges(tx.db, personId, names);
  if (changes.some(({ joins }) => !joins)) await holdAdministrators(tx);
  for (const { groupId, joins } of changes) {
    const group = await lockedGroup(tx, groupId);
    if (!joins) await leave(tx, scope, { groupId, personId });
    else if (group.fromSso) await joinGroup(tx, scope, { groupId, personId }, "sso");
  }
}

async function leave(
  tx: Tx,
  scope: Scope,
  membership: { readonly groupId: string; readonly personId: string },
): Promise<void> {
  if (!(await takesLastAdministrator(tx, membership))) {
    await leaveGroup(tx, scope, membership, "sso");
    return;
  }
  const { groupId, personId } = membership;
  tx.record({
    kind: "group.member_kept",
    about: [`group:${groupId}`, `person:${personId}`],
    detail: { person: personId },
  });
}
