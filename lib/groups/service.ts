// Groups: what is given to one is given to whoever is in it, as long as they are. Putting somebody in is giving them all of it.
import { recheckStreams } from "../auth/recheck-streams.ts";
import { requirePermission } from "../authz/require.ts";
import { isDuplicate, read, type Tx, transaction } from "../db.ts";
import { badInput, conflict, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { holdAdministrators, requireAdministrator } from "../people/administrators.ts";
import { findPersonInTx, isForOneself } from "../people/service.ts";
import { changeOf, made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import type { GroupInput, GroupView, MemberSource } from "./schema.ts";
import {
  deleteMember,
  type GroupRow,
  insertGroup,
  insertMember,
  isFromSso,
  lockGroup,
  markRemoved,
  selectGroupGrants,
  selectGroups,
  selectMemberIds,
} from "./store.ts";

/** What entries commit to before and after. */
export const groupState = (
  id: string,
  members: readonly string[] | null,
  grants: readonly string[],
  fromSso = false,
) => ({
  group: id,
  members,
  grants,
  ...(fromSso ? { fromSso } : {}),
});

/** Reads what an entry commits to. */
export async function stateOf(tx: Tx, scope: Scope, groupId: string) {
  const grants = await selectGroupGrants(tx.db, groupId, new Date(scope.clock.now()));
  return groupState(
    groupId,
    await selectMemberIds(tx.db, groupId),
    grants.map(({ role, pilotId }) => (pilotId === null ? role : `${role}@${pilotId}`)),
    await isFromSso(tx.db, groupId),
  );
}

export async function lockedGroup(tx: Tx, groupId: string): Promise<GroupRow> {
  const group = await lockGroup(tx.db, groupId);
  if (!group) throw notFound("group");
  return group;
}

export const listGroups = (scope: Scope): Promise<GroupView[]> => read(scope, selectGroups);

export async function createGroup(scope: Scope, input: GroupInput): Promise<string> {
  requirePermission(scope, "person.manage", null);
  const now = scope.clock.now();
  const id = newId("group", now);
  const fromSso = input.fromSso ?? false;
  try {
    await transaction(scope, async (tx) => {
      await insertGroup(tx.db, {
        id,
        ...input,
        fromSso,
        createdBy: actorId(scope.actor),
        createdAt: new Date(now),
      });
      tx.record({
        kind: "group.created",
        about: [`group:${id}`],
        ...made(groupState(id, [], [], fromSso)),
        detail: fromSso ? { fromSso } : {},
      });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const sentence = "Another group is called this already.";
    throw badInput(sentence, { name: [sentence] });
  }
  return id;
}

export async function removeGroup(scope: Scope, groupId: string): Promise<void> {
  requirePermission(scope, "person.manage", null);
  await transaction(scope, async (tx) => {
    await holdAdministrators(tx);
    await lockedGroup(tx, groupId);
    const before = await stateOf(tx, scope, groupId);
    await markRemoved(tx.db, groupId, new Date(scope.clock.now()));
    await requireAdministrator(tx);
    await recheckStreams(tx, scope, before.members ?? []);
    tx.record({
      kind: "group.removed",
      about: [`group:${groupId}`],
      ...changeOf(before, groupState(groupId, null, [])),
      detail: {},
    });
  });
}

export interface Membership {
  readonly groupId: string;
  readonly personId: string;
}

/** By hand, by an administrator. Nobody puts themselves into a group that is given anything. */
export async function addMember(scope: Scope, { groupId, personId }: Membership): Promise<void> {
  requirePermission(scope, "person.manage", null);
  await transaction(scope, async (tx) => {
    await lockedGroup(tx, groupId);
    const person = await findPersonInTx(tx, personId);
    if (!person) throw notFound("person");
    if (person.disabledAt) throw refused(`${person.name} is deactivated.`);
    const { grants } = await stateOf(tx, scope, groupId);
    if (grants.length > 0 && (await isForOneself(tx, scope, [personId])))
      throw refused(
        "This group is given roles, and you cannot give roles to yourself; somebody else has to.",
      );
    if (!(await joinGroup(tx, scope, { groupId, personId }, "hand")))
      throw conflict(`${person.name} is in this group already.`);
  });
}

export async function removeMember(scope: Scope, { groupId, personId }: Membership): Promise<void> {
  requirePermission(scope, "person.manage", null);
  await transaction(scope, async (tx) => {
    await holdAdministrators(tx);
    await lockedGroup(tx, groupId);
    if (!(await leaveGroup(tx, scope, { groupId, personId }, "hand")))
      throw refused(
        "They are in this group by single sign-on, or not in it: their provider has to take them out.",
      );
    await requireAdministrator(tx);
  });
}

/** With its entry, in the caller's transaction; the caller has locked the group. False where they were in it that way. */
export async function joinGroup(
  tx: Tx,
  scope: Scope,
  { groupId, personId }: Membership,
  source: MemberSource,
): Promise<boolean> {
  const before = await stateOf(tx, scope, groupId);
  const addedAt = new Date(scope.clock.now());
  const member = { groupId, personId, source, addedBy: actorId(scope.actor), addedAt };
  if (!(await insertMember(tx.db, member))) return false;
  await recheckStreams(tx, scope, [personId]);
  tx.record({
    kind: "group.member_added",
    about: [`group:${groupId}`, `person:${personId}`],
    ...changeOf(before, await stateOf(tx, scope, groupId)),
    detail: { person: personId, source },
  });
  return true;
}

/** The same for taking somebody out. False where they were not in it that way. */
export async function leaveGroup(
  tx: Tx,
  scope: Scope,
  { groupId, personId }: Membership,
  source: MemberSource,
): Promise<boolean> {
  const before = await stateOf(tx, scope, groupId);
  if (!(await deleteMember(tx.db, groupId, personId, source))) return false;
  await recheckStreams(tx, scope, [personId]);
  tx.record({
    kind: "group.member_removed",
    about: [`group:${groupId}`, `person:${personId}`],
    ...changeOf(before, await stateOf(tx, scope, groupId)),
    detail: { person: personId, source },
  });
  return true;
}
