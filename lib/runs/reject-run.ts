import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { conflict } from "../errors.ts";
import { findOpenGateOf } from "../gates/open-gate.ts";
import { reasonDetail } from "../record/reason.ts";
import type { Scope } from "../scope.ts";
import { moveRun } from "./move-run.ts";
import { lockRun } from "./run-in-tx.ts";
import type { RejectRun } from "./schema.ts";

/** Ends a review that has no gate, because its evidence is not green. With an open gate, denying it is the way. */
export async function rejectRun(scope: Scope, { runId, reason, rejectedAs }: RejectRun): Promise<void> {
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    requirePermission(scope, "gate.decide", run.pilotId);
    if (run.status !== "in_review")
      throw conflict(`Only a run in review can be rejected; this one is ${run.status}.`);
    if (await findOpenGateOf(tx, runId))
      throw conflict(
        "A gate is open for this run: deny it there, so that the decision is bound to what it shows.",
      );
    const moved = await moveRun(tx, scope, run, "rejected", reason, { rejectedAs: rejectedAs ?? null });
    tx.record({
      kind: "run.rejected",
      about: [`run:${runId}`, `pilot:${run.pilotId}`],
      ...moved,
      detail: { ...reasonDetail(reason), ...(rejectedAs === undefined ? {} : { rejected_as: rejectedAs }) },
    });
  });
}
