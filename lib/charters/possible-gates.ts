// Whether there are people enough for the gates of a charter: asked before it comes into force, and by who writes one.
import { can, grantOf, isMember } from "../authz/rules.ts";
import { type Db, read } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import type { Candidate } from "../gates/rules.ts";
import { namesOf } from "../people/service.ts";
import { refuseUnknownRoles } from "../pilots/gate-roles.ts";
import type { Charter } from "../pilots/schema.ts";
import { findHolders } from "../pilots/service.ts";
import { listDecidingRoles } from "../roles/deciding.ts";
import type { Scope } from "../scope.ts";
import { impossibleGates, unableOwners } from "./impossible-gates.ts";

async function holdersIn(db: Db, pilotId: string | null): Promise<Candidate[]> {
  const grants = Map.groupBy(await findHolders(db, pilotId), ({ personId }) => personId);
  return [...grants].map(([personId, own]) => ({ personId, grants: own.map(grantOf) }));
}

/** Who holds what, for `impossibleGates`; ids and roles, no names. */
export async function listHolders(scope: Scope, pilotId: string | null): Promise<Candidate[]> {
  if (!isMember(scope.grants, pilotId ?? undefined)) throw notFound("pilot");
  return read(scope, (db) => holdersIn(db, pilotId));
}

export interface Nameable {
  readonly id: string;
  readonly name: string;
}

/** Who could own a pilot: everybody who may amend it, by name. */
export async function listPossibleOwners(scope: Scope, pilotId: string | null): Promise<Nameable[]> {
  const holders = await listHolders(scope, pilotId);
  const able = holders.filter(({ grants }) => can(grants, "pilot.amend", pilotId ?? undefined));
  const names = await namesOf(
    scope,
    able.map(({ personId }) => personId),
  );
  return able
    .map(({ personId }) => ({ id: personId, name: names.get(personId) ?? personId }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** Throws refused, at its field, where no merge of the pilot could ever be approved, or an owner could not end it. */
export async function refuseImpossible(db: Db, charter: Charter, pilotId: string): Promise<void> {
  await refuseUnknownRoles(db, charter);
  const holders = await holdersIn(db, pilotId);
  const [fault] = [
    ...impossibleGates(charter, holders, pilotId).filter(({ isEvery }) => isEvery),
    ...unableOwners(charter, holders, pilotId),
  ];
  if (fault) throw refused(fault.sentence, { [fault.field]: [fault.sentence] });
}

/** Roles made here that a gate may be given: those that include deciding. */
export async function listGateRoles(scope: Scope): Promise<Nameable[]> {
  if (!isMember(scope.grants)) throw notFound("role");
  return read(scope, listDecidingRoles);
}
