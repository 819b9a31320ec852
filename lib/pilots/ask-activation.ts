// The two askings that end at a gate: to let a draft become active, and to let a paused pilot go on. Who asks is the
// first of the two people; the gate is for the second, and one of the two is a security lead.
import { requirePermission } from "../authz/require.ts";
import { HOUR } from "../clock.ts";
import { transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { actorId, type Scope } from "../scope.ts";
import { parseCharter } from "./canonical.ts";
import { secondPersonRoles, untimely } from "./rules.ts";
import type { PausePilot } from "./schema.ts";
import { requireSecondPerson } from "./second-person.ts";
import { lockedPilot, movePilot } from "./service.ts";
import { findLatestCharter, findOpenResumeGate } from "./store.ts";

const RESUME_HOURS = 72;

/** Asks for activation of the latest charter. The gate binds its digest; the draft cannot change meanwhile. */
export async function askActivation(scope: Scope, pilotId: string): Promise<{ gateId: string }> {
  requirePermission(scope, "pilot.amend", pilotId);
  const roles = secondPersonRoles(scope.grants, pilotId);
  return transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    await requireSecondPerson(tx.db, scope, roles, pilotId);
    const latest = await findLatestCharter(tx.db, pilotId);
    if (!latest) throw notFound("charter");
    const { id: charterId, version, digest } = latest;
    const charter = parseCharter(latest.canonical);
    if (untimely(charter, pilot.timeZone, scope.clock.now()))
      throw refused("The charter's last day has passed; write a later one first.");
    await movePilot(tx, pilot, {
      to: "activating",
      entry: (moved) => ({ kind: "pilot.activation_asked", detail: { ...moved, charter: digest, version } }),
      change: { statusReason: null },
    });
    const asker = actorId(scope.actor);
    const gateId = await openGate(tx, scope, {
      kind: "activate",
      pilotId,
      charterId,
      rule: { needed: 1, roles, barred: [asker] },
      document: {
        v: 1,
        decides: "activate",
        pilot: pilotId,
        name: pilot.name,
        goal: charter.goal.statement,
        charter: digest,
        charterVersion: version,
        askedBy: asker,
        second: roles,
      },
      expiresAt: new Date(scope.clock.now() + charter.controls.approvalHours * HOUR),
    });
    return { gateId };
  });
}

/** Asks to let a paused pilot go on; asking again gives the gate that is open. */
export async function askResume(scope: Scope, { pilotId, reason }: PausePilot): Promise<{ gateId: string }> {
  requirePermission(scope, "pilot.amend", pilotId);
  const roles = secondPersonRoles(scope.grants, pilotId);
  return transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    await requireSecondPerson(tx.db, scope, roles, pilotId);
    if (pilot.status !== "paused")
      throw conflict(`The pilot is ${pilot.status}; only a paused one is resumed.`);
    const open = await findOpenResumeGate(tx.db, pilotId);
    if (open) return { gateId: open };
    const asker = actorId(scope.actor);
    const gateId = await openGate(tx, scope, {
      kind: "resume",
      pilotId,
      rule: { needed: 1, roles, barred: [asker] },
      document: {
        v: 1,
        decides: "resume",
        pilot: pilotId,
        name: pilot.name,
        charter: pilot.activeCharterId,
        resumeBecause: reason,
        askedBy: asker,
        second: roles,
      },
      expiresAt: new Date(scope.clock.now() + RESUME_HOURS * HOUR),
    });
    return { gateId };
  });
}
