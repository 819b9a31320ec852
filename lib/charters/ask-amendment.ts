// Asking that another version of its charter comes into force for a pilot that runs already.
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { openGate, voidGate } from "../gates/open-gate.ts";
import { ruledDeadline } from "../gates/own-rules.ts";
import { approvalDeadline, untimely } from "../pilots/rules.ts";
import type { StoredCharter } from "../pilots/schema.ts";
import { requirePeople } from "../pilots/second-person.ts";
import {
  findActiveCharter,
  findOpenAmendment,
  findVersion,
  lockedPilot,
  type PilotState,
} from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { differences, isLoosening } from "./difference.ts";
import { refuseForeignLabels } from "./foreign-labels.ts";
import { whyNotKept } from "./kept-runs.ts";
import { refuseImpossible } from "./possible-gates.ts";
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
    // A version may be from before the pilot was activated, when its repository could still be another.
    if (proposal.charter.scope.repositoryId !== inForce.charter.scope.repositoryId)
      throw refused("This version is for another repository, and a pilot that was activated keeps its own.");
    if (untimely(proposal.charter, pilot.timeZone, scope.clock.now()))
      throw refused("The charter's last day has passed; write a later one first.");
    const changes = differences(inForce.charter, proposal.charter);
    if (changes.length === 0) throw conflict("This version says what the charter in force says already.");
    const asker = actorId(scope.actor);
    const loosens = isLoosening(changes);
    const rule = amendRule(inForce.charter, loosens, { personId: asker, grants: scope.grants }, pilotId);
    await requirePeople(tx.db, scope, rule, pilotId);
    await refuseImpossible(tx.db, proposal.charter, pilotId);
    await refuseForeignLabels(tx.db, proposal.charter);
    const strangers = runs === "keep" ? await whyNotKept(tx, pilotId, [inForce], proposal) : null;
    if (strangers !== null) throw refused(strangers, { runs: [strangers] });
    const open = await findOpenAmendment(tx.db, pilotId);
    if (open) await voidGate(tx, scope, open.gateId, "Another version was asked for.");
    const { digest, version } = proposal;
    const document: AmendDocument = {
      ...{ v: 1, decides: "amend", pilot: pilotId, name: pilot.name, goal: proposal.charter.goal.statement },
      ...{ before: inForce.digest, charter: digest, charterVersion: version, loosens, changes, runs },
      ...{ askedBy: asker, roles: [...rule.roles], needed: rule.needed },
      ...(rule.mustHold ? { mustHold: rule.mustHold } : {}),
    };
    tx.record({
      kind: "pilot.amendment_asked",
      about: [`pilot:${pilotId}`],
      charter: inForce.digest,
      detail: { charter: digest, version, loosens, changes: changes.length, runs },
    });
    const now = scope.clock.now();
    const ordinary = approvalDeadline(inForce.charter, pilot.timeZone, now);
    const expiresAt = ruledDeadline(inForce.charter, "amend", pilot.timeZone, now, ordinary);
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
