import { type Permission, rolesFor } from "../authz/rules.ts";
import type { Role, RoleGrant } from "../authz/schema.ts";
import { type Db, isDuplicate, read, type Tx, transaction } from "../db.ts";
import { badInput, conflict, notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import { changeOf, made } from "../record/change.ts";
import { heldRoles } from "../record/rules.ts";
import { actorId, type Scope } from "../scope.ts";
import { type Holder, holdersSentence } from "./rules.ts";
import type { GrantRole, NewPerson, PersonView } from "./schema.ts";
import {
  findPerson,
  insertGrant,
  insertPerson,
  lockPerson,
  selectGrants,
  selectHolderIds,
  selectHolders,
  selectNames,
  selectPeople,
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

/** Gives a role on the organisation (`pilotId` null) or on one pilot. */
export async function grantRole(scope: Scope, { personId, role, pilotId }: GrantRole): Promise<void> {
  await transaction(scope, async (tx) => {
    const person = await lockPerson(tx.db, personId);
    if (!person) throw notFound("person");
    if (person.grants.some((grant) => grant.role === role && grant.pilotId === pilotId)) {
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
    });
    tx.record({
      kind: "person.role_granted",
      about: pilotId === null ? [`person:${personId}`] : [`person:${personId}`, `pilot:${pilotId}`],
      ...changeOf(
        { person: personId, roles: heldRoles(person.grants) },
        { person: personId, roles: heldRoles([...person.grants, { role, pilotId }]) },
      ),
      detail: { role, pilotId },
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

/** Who holds one of the roles, on the organisation or on the pilot. */
export async function holdersOf(
  scope: Scope,
  roles: readonly Role[],
  pilotId: string | null,
): Promise<Holder[]> {
  return read(scope, (db) => selectHolders(db, roles, pilotId));
}

export interface Deciding {
  readonly personId: string;
  readonly name: string;
}

/** The people who hold one of the roles for this pilot, each once, by name. */
export async function peopleWith(db: Db, roles: readonly Role[], pilotId: string): Promise<Deciding[]> {
  const rows = await selectHolderIds(db, roles, pilotId);
  return [...new Map(rows.map(({ personId, name }) => [personId, { personId, name }])).values()];
}

/** Names whoever could do what the permission covers. */
export async function askSentence(
  scope: Scope,
  permission: Permission,
  pilotId: string | null,
): Promise<string> {
  return holdersSentence(await holdersOf(scope, rolesFor(permission), pilotId));
}
