// Who decides for somebody who is away, and who is on duty for a pilot. A deputy has the absent person's roles for deciding at
// gates and for seeing what there is to decide, nothing else; which of them count where is said by lib/gates/rules.ts.
import { recheckStreams } from "../auth/recheck-streams.ts";
import { may, requirePermission } from "../authz/require.ts";
import { visiblePilots } from "../authz/rules.ts";
import { read, type Tx, transaction } from "../db.ts";
import { forbidden, notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { findPersonInTx } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import type { DeputyView, DutyView, NameDeputy, SetDuty } from "./schema.ts";
import {
  endDeputy,
  findPilotNamed,
  insertDeputy,
  insertDuty,
  lockDeputy,
  lockDuty,
  overlapsDuty,
  removeDutyRow,
  selectAway,
  selectDeputies,
  selectDuties,
} from "./store.ts";

/** One's own; an administrator anybody's, but never to their own gain. */
function requireMayName(scope: Scope, personId: string, deputyId: string | null): void {
  if (scope.actor.kind !== "user") throw forbidden("Only a person who signed in names a deputy.");
  const me = scope.actor.personId;
  if (personId === me) return;
  requirePermission(scope, "person.manage", null);
  if (deputyId === me) throw refused("You cannot make yourself somebody's deputy; they or another has to.");
}

async function requirePerson(tx: Tx, personId: string, field: string): Promise<void> {
  const person = await findPersonInTx(tx, personId);
  if (person && person.disabledAt === null && person.kind === "person") return;
  throw refused("Choose somebody who is here.", { [field]: ["Choose somebody who is here."] });
}

async function requirePilot(tx: Tx, pilotId: string): Promise<void> {
  if ((await findPilotNamed(tx.db, pilotId)) === null) throw notFound("pilot");
}

const placed = (pilotId: string | null) => (pilotId === null ? [] : [`pilot:${pilotId}` as const]);

export async function nameDeputy(scope: Scope, input: NameDeputy): Promise<string> {
  const { personId, deputyId, pilotId, from, until } = input;
  requireMayName(scope, personId, deputyId);
  const now = scope.clock.now();
  if (until.getTime() <= now)
    throw refused("That time is over.", { until: ["Choose a day that is to come."] });
  const id = newId("deputy", now);
  await transaction(scope, async (tx) => {
    await requirePerson(tx, personId, "personId");
    if (deputyId !== null) await requirePerson(tx, deputyId, "deputyId");
    if (pilotId !== null) await requirePilot(tx, pilotId);
    await insertDeputy(tx.db, {
      ...{ id, personId, deputyId, pilotId, startsAt: from, endsAt: until },
      createdBy: actorId(scope.actor),
      createdAt: new Date(now),
    });
    await recheckStreams(tx, scope, deputyId === null ? [] : [deputyId]);
    const other = deputyId === null ? [] : [`person:${deputyId}` as const];
    tx.record({
      kind: "deputy.named",
      about: [`person:${personId}`, ...other, ...placed(pilotId)],
      detail: { deputy: deputyId, stands: id, pilotId, from: from.getTime(), until: until.getTime() },
    });
  });
  return id;
}

/** Whoever is away is back sooner; whoever stands in may step back too. */
export async function endDeputyship(scope: Scope, deputyshipId: string): Promise<void> {
  await transaction(scope, async (tx) => {
    const now = new Date(scope.clock.now());
    const found = await lockDeputy(tx.db, deputyshipId, now);
    const isMine = found && [found.personId, found.deputyId].includes(actorId(scope.actor));
    if (!found || !(isMine || may(scope, "person.manage", null))) throw notFound("deputy");
    await endDeputy(tx.db, deputyshipId, now);
    await recheckStreams(tx, scope, found.deputyId === null ? [] : [found.deputyId]);
    tx.record({
      kind: "deputy.ended",
      about: [`person:${found.personId}`, ...placed(found.pilotId)],
      detail: { stands: deputyshipId },
    });
  });
}

/** Those of these people for whom somebody stands in now, on this pilot or everywhere. */
export const whoIsAway = selectAway;

export async function listDeputies(scope: Scope, personId: string): Promise<DeputyView[]> {
  return read(scope, (db) => selectDeputies(db, personId, new Date(scope.clock.now())));
}

/** Who may give roles on a pilot writes its rota, and puts others on it: to be on duty may be to decide for the absent. */
export async function setDuty(scope: Scope, { pilotId, personId, from, until }: SetDuty): Promise<string> {
  requirePermission(scope, "role.grant", pilotId);
  if (personId === actorId(scope.actor))
    throw refused("Whoever is on duty may decide for the absent, so somebody else has to put you on duty.");
  const now = scope.clock.now();
  const id = newId("duty", now);
  await transaction(scope, async (tx) => {
    await requirePilot(tx, pilotId);
    await requirePerson(tx, personId, "personId");
    if (await overlapsDuty(tx.db, pilotId, from, until))
      throw refused("Somebody is on duty there in that time already.", {
        from: ["Take them off duty first, or choose another time."],
      });
    await insertDuty(tx.db, {
      ...{ id, pilotId, personId, startsAt: from, endsAt: until },
      createdBy: actorId(scope.actor),
      createdAt: new Date(now),
    });
    await recheckStreams(tx, scope, [personId]);
    tx.record({
      kind: "duty.set",
      about: [`pilot:${pilotId}`, `person:${personId}`],
      detail: { duty: id, person: personId, from: from.getTime(), until: until.getTime() },
    });
  });
  return id;
}

export async function removeDuty(scope: Scope, dutyId: string): Promise<void> {
  await transaction(scope, async (tx) => {
    const duty = await lockDuty(tx.db, dutyId);
    if (!duty) throw notFound("duty");
    requirePermission(scope, "role.grant", duty.pilotId);
    await removeDutyRow(tx.db, dutyId, new Date(scope.clock.now()));
    await recheckStreams(tx, scope, [duty.personId]);
    tx.record({
      kind: "duty.removed",
      about: [`pilot:${duty.pilotId}`, `person:${duty.personId}`],
      detail: { duty: dutyId, person: duty.personId },
    });
  });
}

/** Rotas of the pilots the scope may see. */
export async function listDuties(scope: Scope): Promise<DutyView[]> {
  const pilots = visiblePilots(scope.grants);
  return read(scope, (db) => selectDuties(db, pilots === "all" ? null : pilots, new Date(scope.clock.now())));
}
