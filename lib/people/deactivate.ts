// Somebody leaves: everything by which they came in ends at once, and what they approved and is still open counts no more.
import { revokeTokensOf } from "../api-tokens/service.ts";
import { endLinksOf } from "../auth/links.ts";
import { recheckStreams } from "../auth/recheck-streams.ts";
import { endSessions } from "../auth/sessions.ts";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { revokePasskeysOf } from "../passkeys/remove-passkey.ts";
import { changeOf } from "../record/change.ts";
import { heldRoles } from "../record/rules.ts";
import { actorId, type Scope } from "../scope.ts";
import { holdAdministrators, requireAdministrator } from "./administrators.ts";
import type { PersonView } from "./schema.ts";
import { lockPerson, setDisabled, withdrawApprovals } from "./store.ts";
import { recordWithdrawn } from "./withdrawn-approvals.ts";

const stateOf = ({ id, grants }: PersonView) => ({ person: id, roles: heldRoles(grants) });

async function locked(tx: Tx, personId: string): Promise<PersonView> {
  const person = await lockPerson(tx.db, personId);
  if (!person) throw notFound("person");
  return person;
}

/** One transaction: a failure of any part leaves the person as they were. */
export async function deactivatePerson(scope: Scope, personId: string): Promise<void> {
  requirePermission(scope, "person.manage", null);
  if (personId === actorId(scope.actor))
    throw refused("You cannot deactivate yourself; ask another administrator.");
  await transaction(scope, async (tx) => {
    await holdAdministrators(tx);
    const before = await locked(tx, personId);
    if (before.disabledAt !== null) throw conflict(`${before.name} is deactivated already.`);
    const now = new Date(scope.clock.now());
    await setDisabled(tx.db, personId, now);
    await requireAdministrator(tx);
    const approvals = await withdrawApprovals(tx.db, personId, now);
    await recordWithdrawn(tx, personId, approvals);
    await endLinksOf(tx, scope, personId);
    tx.record({
      kind: "person.deactivated",
      about: [`person:${personId}`, ...approvals.map(({ gateId }) => `gate:${gateId}` as const)],
      ...changeOf(stateOf(before), stateOf(await locked(tx, personId))),
      detail: {
        sessions: await endSessions(tx, scope, personId, null),
        tokens: await revokeTokensOf(tx, scope, personId),
        passkeys: await revokePasskeysOf(tx, scope, personId),
        approvals: approvals.map(({ id }) => id),
      },
    });
  });
}

/** They may come in again, with the roles they have; sessions, links, tokens and passkeys stay ended. */
export async function reactivatePerson(scope: Scope, personId: string): Promise<void> {
  requirePermission(scope, "person.manage", null);
  await transaction(scope, async (tx) => {
    const before = await locked(tx, personId);
    if (before.disabledAt === null) throw conflict(`${before.name} is active already.`);
    await endLinksOf(tx, scope, personId); // of an invitation made while they were deactivated
    await setDisabled(tx.db, personId, null);
    await recheckStreams(tx, scope, [personId]);
    tx.record({
      kind: "person.reactivated",
      about: [`person:${personId}`],
      ...changeOf(stateOf(before), stateOf(await locked(tx, personId))),
      detail: {},
    });
  });
}
