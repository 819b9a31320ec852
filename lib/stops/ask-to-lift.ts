import { requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { requireSecondPerson } from "../pilots/second-person.ts";
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
    await requireSecondPerson(tx.db, scope, ROLES, stop.pilotId);
    const open = await findOpenLiftGate(tx.db, stopId);
    if (open) return { gateId: open };
    const asker = actorId(scope.actor);
    const gateId = await openGate(tx, scope, {
      kind: "resume",
      pilotId: stop.pilotId,
      stopId,
      rule: { needed: 1, roles: ROLES, barred: [asker] },
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
        second: ROLES,
      },
      expiresAt: new Date(scope.clock.now() + 7 * DAY),
    });
    return { gateId };
  });
}
