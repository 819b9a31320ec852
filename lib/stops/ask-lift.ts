import { requirePermission } from "../authz/require.ts";
import { HOUR } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { requireSecondPerson } from "../pilots/second-person.ts";
import { actorId, type Scope } from "../scope.ts";
import { findOpenLiftGate, findStop, lockStops } from "./store.ts";

const LIFT_HOURS = 72;
const ROLES = ["security_lead", "engineering_lead"] as const;

/** Opens the gate at which another lead agrees to lift the stop; asking again gives the gate that is open. */
export async function askLift(scope: Scope, stopId: string): Promise<{ gateId: string }> {
  const stop = await read(scope, (db) => findStop(db, stopId));
  if (!stop) throw notFound("stop");
  requirePermission(scope, "stop.lift", stop.pilotId);
  return transaction(scope, async (tx) => {
    await requireSecondPerson(tx.db, scope, ROLES, stop.pilotId);
    await lockStops(tx.db);
    const now = await findStop(tx.db, stopId);
    if (!now || now.liftedAt) throw conflict("This stop was lifted already.");
    const open = await findOpenLiftGate(tx.db, stopId);
    if (open) return { gateId: open };
    const asker = actorId(scope.actor);
    const gateId = await openGate(tx, scope, {
      kind: "resume",
      pilotId: stop.pilotId,
      stopId,
      rule: { needed: 1, roles: ROLES, barred: [asker] },
      document: {
        decision: "lift_stop",
        stop: stopId,
        scope: stop.scope,
        pilot: stop.pilotId,
        pulled: stop.pulledAt.toISOString(),
        asked_by: asker,
        rule: { people: 2, second: ROLES },
      },
      expiresAt: new Date(scope.clock.now() + LIFT_HOURS * HOUR),
    });
    return { gateId };
  });
}
