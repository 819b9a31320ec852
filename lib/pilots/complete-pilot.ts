import { requirePermission } from "../authz/require.ts";
import { beginClosing } from "../closings/begin-closing.ts";
import { transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { reasonDetail } from "../record/reason.ts";
import { actorId, type Scope } from "../scope.ts";
import { reasonWithStatements, refusalToComplete } from "./exit-rules.ts";
import type { CompletePilot } from "./schema.ts";
import { findActiveCharter, lockedPilot, movePilot } from "./service.ts";
import { countRunsFor } from "./store.ts";

/**
 * The trial is over before its exit review: nothing is launched in it any more, what its charter wants stated is stated, and
 * it is closed. From that review on it is decided at a gate (lib/exit-reviews).
 */
export async function completePilot(
  scope: Scope,
  { pilotId, reason, ...stated }: CompletePilot,
): Promise<void> {
  requirePermission(scope, "pilot.amend", pilotId);
  await transaction(scope, async (tx) => {
    const pilot = await lockedPilot(tx, pilotId);
    const inForce = await findActiveCharter(tx.db, pilotId);
    const personId = scope.actor.kind === "system" ? null : actorId(scope.actor);
    const counts = await countRunsFor(tx.db, pilotId, personId ?? "");
    const refusal = inForce && refusalToComplete(inForce.charter, { personId, stated, ...counts });
    if (refusal) throw refused(refusal.sentence, refusal.fields);
    if ((await tx.db.exitReview.count({ where: { pilotId } })) > 0)
      throw refused(
        "Its exit review is written: both owners, or two leads where it has none, decide at its gate how it ends.",
      );
    const said = inForce ? reasonWithStatements(reason, inForce.charter, stated) : reason;
    const endedAt = new Date(scope.clock.now());
    await movePilot(tx, pilot, {
      to: "completed",
      entry: (moved) => ({ kind: "pilot.completed", detail: { ...moved, ...reasonDetail(said) } }),
      change: { statusReason: said, endedAt },
    });
    await beginClosing(tx, scope, pilotId);
  });
}
