// The two askings that end at a gate: to let a draft become active, and to let a paused pilot go on. Who asks is the
// first of the two people; the gate is for the second, and one of the two is a security lead.
import { requirePermission } from "../authz/require.ts";
import { refuseForeignLabels } from "../charters/foreign-labels.ts";
import { refuseImpossible } from "../charters/possible-gates.ts";
import { HOUR } from "../clock.ts";
import { transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { ownRuleOf, ruledDeadline, secondPersonRule } from "../gates/own-rules.ts";
import { actorId, type Scope } from "../scope.ts";
import { heldByTrips } from "../tripwires/let-go-on.ts";
import { parseCharter } from "./canonical.ts";
import { approvalDeadline, untimely } from "./rules.ts";
import type { PausePilot } from "./schema.ts";
import { requirePeople } from "./second-person.ts";
import { findActiveCharter, lockedPilot, movePilot } from "./service.ts";
import { findLatestCharter, findOpenResumeGate } from "./store.ts";

const RESUME_HOURS = 72;

/** Asks for activation of the latest charter. The gate binds its digest; the draft cannot change meanwhile. */
export async function askActivation(scope: Scope, pilotId: string): Promise<{ gateId: string }> {
  requirePermission(scope, "pilot.amend", pilotId);
  return transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    const latest = await findLatestCharter(tx.db, pilotId);
    if (!latest) throw notFound("charter");
    const { id: charterId, version, digest } = latest;
    const charter = parseCharter(latest.canonical);
    if (untimely(charter, pilot.timeZone, scope.clock.now()))
      throw refused("The charter's last day has passed; write a later one first.");
    const asker = actorId(scope.actor);
    const rule = secondPersonRule(ownRuleOf(charter, "activate"), scope.grants, pilotId, asker);
    await requirePeople(tx.db, scope, rule, pilotId);
    await refuseImpossible(tx.db, charter, pilotId);
    await refuseForeignLabels(tx.db, charter);
    await movePilot(tx, pilot, {
      to: "activating",
      entry: (moved) => ({ kind: "pilot.activation_asked", detail: { ...moved, charter: digest, version } }),
      change: { statusReason: null },
    });
    const now = scope.clock.now();
    const gateId = await openGate(tx, scope, {
      kind: "activate",
      pilotId,
      charterId,
      rule,
      document: {
        v: 1,
        decides: "activate",
        pilot: pilotId,
        name: pilot.name,
        goal: charter.goal.statement,
        charter: digest,
        charterVersion: version,
        askedBy: asker,
        second: rule.roles,
        ...(rule.needed === 1 ? {} : { needed: rule.needed }),
      },
      expiresAt: ruledDeadline(
        charter,
        "activate",
        pilot.timeZone,
        now,
        approvalDeadline(charter, pilot.timeZone, now),
      ),
    });
    return { gateId };
  });
}

/** Asks to let a paused pilot go on; asking again gives the gate that is open. */
export async function askResume(scope: Scope, { pilotId, reason }: PausePilot): Promise<{ gateId: string }> {
  requirePermission(scope, "pilot.amend", pilotId);
  return transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    const asker = actorId(scope.actor);
    const charter = (await findActiveCharter(tx.db, pilotId))?.charter ?? null;
    const own = charter && ownRuleOf(charter, "resume");
    const rule = secondPersonRule(own, scope.grants, pilotId, asker);
    await requirePeople(tx.db, scope, rule, pilotId);
    if (pilot.status !== "paused")
      throw conflict(`The pilot is ${pilot.status}; only a paused one is resumed.`);
    const open = await findOpenResumeGate(tx.db, pilotId);
    if (open) return { gateId: open };
    const now = scope.clock.now();
    const ordinary = new Date(now + RESUME_HOURS * HOUR);
    const gateId = await openGate(tx, scope, {
      kind: "resume",
      pilotId,
      rule,
      document: {
        v: 1,
        decides: "resume",
        pilot: pilotId,
        name: pilot.name,
        charter: pilot.activeCharterId,
        pausedBecause: pilot.statusReason,
        resumeBecause: reason,
        ...(await heldByTrips(tx.db, pilotId)),
        askedBy: asker,
        second: rule.roles,
        ...(rule.needed === 1 ? {} : { needed: rule.needed }),
      },
      expiresAt: charter ? ruledDeadline(charter, "resume", pilot.timeZone, now, ordinary) : ordinary,
    });
    return { gateId };
  });
}
