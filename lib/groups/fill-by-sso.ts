// Which groups single sign-on may fill. Without a word of ours a group that is merely called as one of the provider's stays
// empty of whom the provider names: names there are given by others, and for other ends.
import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { conflict, refused } from "../errors.ts";
import { holdAdministrators, requireAdministrator } from "../people/administrators.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import type { SetFromSso } from "./schema.ts";
import { leaveGroup, lockedGroup, stateOf } from "./service.ts";
import { selectSsoMembers, updateFromSso } from "./store.ts";

/**
 * A group that is given roles is not opened to the provider: whoever gave them gave them to people put in by hand, and whoever
 * opens it may be named there themselves. Closed again, whom single sign-on put in is out at once.
 */
export async function setFromSso(scope: Scope, { groupId, fromSso }: SetFromSso): Promise<void> {
  requirePermission(scope, "person.manage", null);
  await transaction(scope, async (tx) => {
    await holdAdministrators(tx);
    const group = await lockedGroup(tx, groupId);
    if (group.fromSso === fromSso)
      throw conflict(`${group.name} is ${fromSso ? "" : "not "}filled by single sign-on already.`);
    const before = await stateOf(tx, scope, groupId);
    if (fromSso && before.grants.length > 0)
      throw refused(
        "This group is given roles. Take them away first, and have them given again after: whoever gives them then knows that single sign-on fills it.",
      );
    await updateFromSso(tx.db, groupId, fromSso);
    tx.record({
      kind: "group.sso_set",
      about: [`group:${groupId}`],
      ...changeOf(before, await stateOf(tx, scope, groupId)),
      detail: { fromSso },
    });
    if (fromSso) return;
    for (const personId of await selectSsoMembers(tx.db, groupId))
      await leaveGroup(tx, scope, { groupId, personId }, "sso");
    await requireAdministrator(tx);
  });
}
