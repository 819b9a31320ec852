import { requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { ownRuleOf, ruledBy, ruledDeadline } from "../gates/own-rules.ts";
import { requirePeople } from "../pilots/second-person.ts";
import { findActiveCharter, findPilotState } from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import type { AskToLift } from "./schema.ts";
import { findOpenLiftGate, findStop, lockStops } from "./store.ts";

const ROLES = ["security_lead", "engineering_lead"] as const;

/** Asks for the end of a stop; another lead decides at a gate. Asking again gives the gate that is open. */
export async function askToLift(scope: Scope, { stopId, reason }: AskToLift): Promise<{ gateId: string }> {
  return transaction(scope, async (tx) => {
    await lockStops(tx.db);
    const stop = await findStop(tx.db, stopId);
    if (!stop) throw notFound("stop");
    requirePermission(scope, "stop.lift", stop.pilotId);
    if (stop.liftedAt) throw conflict("This stop was lifted already.");
    const asker = actorId(scope.actor);
    const pilot = stop.pilotId === null ? null : await findPilotState(tx.db, stop.pilotId);
    const charter = pilot && ((await findActiveCharter(tx.db, pilot.id))?.charter ?? null);
    const ordinary = { needed: 1, roles: ROLES, barred: [asker] };
    const rule = ruledBy(charter && ownRuleOf(charter, "resume"), ordinary);
    await requirePeople(tx.db, scope, rule, stop.pilotId);
    const open = await findOpenLiftGate(tx.db, stopId);
    if (open) return { gateId: open };
    const now = scope.clock.now();
    const week = new Date(now + 7 * DAY);
    const gateId = await openGate(tx, scope, {
      kind: "resume",
      pilotId: stop.pilotId,
      stopId,
      rule,
      document: {
        v: 1,
        decides: "resume",
        stop: stopId,
        scope: stop.scope,
        pilot: stop.pilotId,
        pulledAt: stop.pulledAt.toISOString(),
        pulledBecause: stop.reason,
        liftBecause: reason,
        askedBy: asker,
        second: rule.roles,
        ...(rule.needed === 1 ? {} : { needed: rule.needed }),
      },
      expiresAt: charter && pilot ? ruledDeadline(charter, "resume", pilot.timeZone, now, week) : week,
    });
    return { gateId };
  });
}
