// Asking that another version of its charter comes into force for a pilot that runs already.
import { requirePermission } from "../authz/require.ts";
import { HOUR } from "../clock.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { openGate, voidGate } from "../gates/open-gate.ts";
import { untimely } from "../pilots/rules.ts";
import type { StoredCharter } from "../pilots/schema.ts";
import { requireSecondPerson } from "../pilots/second-person.ts";
import {
  findActiveCharter,
  findOpenAmendment,
  findVersion,
  lockedPilot,
  type PilotState,
} from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { differences, isLoosening } from "./difference.ts";
import { amendRule } from "./rules.ts";
import type { AmendDocument, AskAmendment } from "./schema.ts";

/** Asking for another version voids the gate of the one asked for before. */
export async function askAmendment(
  scope: Scope,
  { pilotId, charterId, runs }: AskAmendment,
): Promise<{ gateId: string }> {
  requirePermission(scope, "pilot.amend", pilotId);
  return transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    const inForce = await charterToAmend(tx, pilot);
    const proposal = await findVersion(tx.db, pilotId, charterId);
    if (!proposal) throw notFound("charter");
    if (untimely(proposal.charter, pilot.timeZone, scope.clock.now()))
      throw refused("The charter's last day has passed; write a later one first.");
    const changes = differences(inForce.charter, proposal.charter);
    if (changes.length === 0) throw conflict("This version says what the charter in force says already.");
    const asker = actorId(scope.actor);
    const loosens = isLoosening(changes);
    const rule = amendRule(inForce.charter, loosens, { personId: asker, grants: scope.grants }, pilotId);
    await requireSecondPerson(tx.db, scope, rule.roles, pilotId, rule.needed);
    const open = await findOpenAmendment(tx.db, pilotId);
    if (open) await voidGate(tx, scope, open.gateId, "Another version was asked for.");
    const { digest, version } = proposal;
    const document: AmendDocument = {
      ...{ v: 1, decides: "amend", pilot: pilotId, name: pilot.name, goal: proposal.charter.goal.statement },
      ...{ before: inForce.digest, charter: digest, charterVersion: version, loosens, changes, runs },
      ...{ askedBy: asker, roles: [...rule.roles], needed: rule.needed },
    };
    tx.record({
      kind: "pilot.amendment_asked",
      about: [`pilot:${pilotId}`],
      charter: inForce.digest,
      detail: { charter: digest, version, loosens, changes: changes.length, runs },
    });
    const expiresAt = new Date(scope.clock.now() + inForce.charter.controls.approvalHours * HOUR);
    const gateId = await openGate(tx, scope, {
      kind: "amend",
      pilotId,
      charterId,
      document,
      rule,
      expiresAt,
    });
    return { gateId };
  });
}

/** Only a pilot that runs, or is held, has a charter to amend. */
export async function charterToAmend(tx: Tx, pilot: PilotState): Promise<StoredCharter> {
  const inForce = await findActiveCharter(tx.db, pilot.id);
  if (!inForce || (pilot.status !== "active" && pilot.status !== "paused"))
    throw conflict(`The pilot is ${pilot.status}; a charter is amended while its pilot is active or paused.`);
  return inForce;
}
