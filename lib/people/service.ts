import { recheckStreams } from "../auth/recheck-streams.ts";
import { type Permission, rolesFor } from "../authz/rules.ts";
import type { RoleGrant, RoleKey } from "../authz/schema.ts";
import { type Db, isDuplicate, read, type Tx, transaction } from "../db.ts";
import { badInput, conflict, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { changeOf, made } from "../record/change.ts";
import { heldRoles } from "../record/rules.ts";
import { actorId, type Scope } from "../scope.ts";
import { requireMayGive, requireMayGiveRoles } from "./may-give.ts";
import { type Holder, holdersSentence } from "./rules.ts";
import type { GrantRole, NewPerson, PersonView } from "./schema.ts";
import {
  findPerson,
  holdsDirectly,
  insertGrant,
  insertPerson,
  lockPerson,
  selectGrants,
  selectHolderIds,
  selectHolders,
  selectNames,
  selectPeople,
  selectWhoMay,
  selectWithOwners,
} from "./store.ts";

/** Returns the new person's id. The person cannot sign in before a one-time link was used. */
export async function createPerson(scope: Scope, input: NewPerson): Promise<string> {
  const now = scope.clock.now();
  const id = newId("person", now);
  try {
    await transaction(scope, async (tx) => {
      await insertPerson(tx.db, { id, ...input, createdAt: new Date(now) });
      tx.record({
        kind: "person.created",
        about: [`person:${id}`],
        ...made({ person: id, roles: [] }),
        detail: {},
      });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw badInput("Somebody with this e-mail address is here already.", {
      email: ["Somebody with this e-mail address is here already."],
    });
  }
  return id;
}

/** Gives a role on the organisation (`pilotId` null) or on one pilot, for good or until a day. */
export async function grantRole(
  scope: Scope,
  { personId, role, pilotId, endsAt = null }: GrantRole,
): Promise<void> {
  requireMayGiveRoles(scope, pilotId);
  await transaction(scope, async (tx) => {
    const person = await lockPerson(tx.db, personId);
    if (!person) throw notFound("person");
    const given = await requireMayGive(tx, scope, { role, pilotId, endsAt }, [personId]);
    if (person.disabledAt) throw refused(`${person.name} is deactivated. Reactivate them first.`);
    if (await holdsDirectly(tx.db, personId, role, pilotId)) {
      throw conflict(`${person.name} has this role already.`);
    }
    const now = scope.clock.now();
    await insertGrant(tx.db, {
      id: newId("grant", now),
      personId,
      role,
      pilotId,
      grantedBy: actorId(scope.actor),
      createdAt: new Date(now),
      endsAt,
    });
    await recheckStreams(tx, scope, [personId]);
    tx.record({
      kind: "person.role_granted",
      about: pilotId === null ? [`person:${personId}`] : [`person:${personId}`, `pilot:${pilotId}`],
      ...changeOf(
        { person: personId, roles: heldRoles(person.grants) },
        { person: personId, roles: heldRoles([...person.grants, given]) },
      ),
      detail: { role, pilotId, ...(endsAt === null ? {} : { endsAt: endsAt.getTime() }) },
    });
  });
}

export async function listPeople(scope: Scope): Promise<PersonView[]> {
  return read(scope, (db) => selectPeople(db, "all"));
}

export async function getPerson(scope: Scope, personId: string): Promise<PersonView> {
  const person = await read(scope, (db) => findPerson(db, personId));
  if (!person) throw notFound("person");
  return person;
}

/** Person id → name; an id nobody has is left out. */
export async function namesOf(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  return read(scope, (db) => selectNames(db, ids));
}

/** The grants as they stand now, inside the transaction that acts on them; none for a disabled person. */
export async function liveGrants(tx: Pick<Tx, "db">, personId: string): Promise<RoleGrant[]> {
  return selectGrants(tx.db, personId);
}

/** Who has the permission, on the organisation or on the pilot. */
export async function holdersOf(
  scope: Scope,
  permission: Permission,
  pilotId: string | null,
): Promise<Holder[]> {
  return read(scope, (db) => selectHolders(db, rolesFor(permission), permission, pilotId));
}

/** Ids of people who have the permission on the organisation. */
export async function peopleWhoMay(db: Db, permission: Permission): Promise<string[]> {
  return selectWhoMay(db, rolesFor(permission), permission);
}

export interface Deciding {
  readonly personId: string;
  readonly name: string;
}

/** The people who hold one of the roles for this pilot, each once, by name. */
export async function peopleWith(db: Db, roles: readonly RoleKey[], pilotId: string): Promise<Deciding[]> {
  const rows = await selectHolderIds(db, roles, pilotId);
  return [...new Map(rows.map(({ personId, name }) => [personId, { personId, name }])).values()];
}

/** Names whoever could do what the permission covers. */
export async function askSentence(
  scope: Scope,
  permission: Permission,
  pilotId: string | null,
): Promise<string> {
  return holdersSentence(await holdersOf(scope, permission, pilotId));
}

/** Whether the scope's person is among them, or answers for one of them that is an account of a program. */
export async function isForOneself(
  tx: Pick<Tx, "db">,
  scope: Scope,
  people: readonly string[],
): Promise<boolean> {
  return (await selectWithOwners(tx.db, people)).includes(actorId(scope.actor));
}

/** Null where there is no such person. */
export const findPersonInTx = (tx: Pick<Tx, "db">, personId: string): Promise<PersonView | null> =>
  findPerson(tx.db, personId);
