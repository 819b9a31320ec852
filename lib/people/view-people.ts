import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { actorId, type Scope } from "../scope.ts";
import type { ListedPerson, PersonDetails } from "./schema.ts";
import { findDetails, selectListed } from "./view-store.ts";

/** Everybody, the deactivated last. */
export async function viewPeople(scope: Scope): Promise<ListedPerson[]> {
  requirePermission(scope, "person.view", null);
  return read(scope, (db) => selectListed(db, new Date(scope.clock.now())));
}

/** One's own is everybody's to see. */
export async function viewPerson(scope: Scope, personId: string): Promise<PersonDetails> {
  if (personId !== actorId(scope.actor)) requirePermission(scope, "person.view", null);
  const person = await read(scope, (db) => findDetails(db, personId, new Date(scope.clock.now())));
  if (!person) throw notFound("person");
  return person;
}
