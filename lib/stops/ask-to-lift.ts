import { requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { openGate } from "../gates/open-gate.ts";
import { actorId, type Scope } from "../scope.ts";
import { findStop } from "./store.ts";

/** Asks for the end of a stop. Somebody else, an engineering or security lead, decides at a gate. */
export async function askToLift(
  scope: Scope,
  { stopId, reason }: { stopId: string; reason: string },
): Promise<{ gateId: string }> {
  return transaction(scope, async (tx) => {
    const stop = await findStop(tx.db, stopId);
    if (!stop) throw notFound("stop");
    requirePermission(scope, "stop.lift", stop.pilotId);
    if (stop.liftedAt) throw conflict("This stop was lifted already.");
    const open = await tx.db.gate.findFirst({ where: { stopId, status: "open" } });
    if (open) return { gateId: open.id };
    const asker = actorId(scope.actor);
    const document = {
      v: 1,
      decides: "resume",
      stop: stopId,
      scope: stop.scope,
      pilot: stop.pilotId,
      pulledBecause: stop.reason,
      liftBecause: reason,
      askedBy: asker,
    };
    const rule = { needed: 1, roles: ["security_lead", "engineering_lead"] as const, barred: [asker] };
    const expiresAt = new Date(scope.clock.now() + 7 * DAY);
    return {
      gateId: await openGate(tx, scope, {
        kind: "resume",
        pilotId: stop.pilotId,
        stopId,
        document,
        rule,
        expiresAt,
      }),
    };
  });
}
