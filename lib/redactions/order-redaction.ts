import { launcherFor } from "../api-tokens/account-owners.ts";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { reasonDetail } from "../record/reason.ts";
import { holdOf } from "../retention/hold.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { refusalToRedact } from "./rules.ts";
import type { OrderRedaction, RedactionTarget } from "./schema.ts";
import { insertRedaction, isDeciding } from "./store.ts";

/** A named person orders payloads away; the worker does it. */
export async function orderRedaction(scope: Scope, order: OrderRedaction): Promise<{ redactionId: string }> {
  const target = targetOf(order);
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, order.runId);
    requirePermission(scope, "payload.redact", run.pilotId);
    return insertOrder(tx, scope, run, { target, reason: order.reason, cause: "person" });
  });
}

function targetOf({ kind, seqs }: OrderRedaction): RedactionTarget {
  if (kind !== "events") return { kind };
  if (seqs.length === 0)
    throw refused("Tick the events that are to be taken away.", { seqs: ["None ticked."] });
  return { kind, seqs: [...new Set(seqs)].sort((a, b) => a - b) };
}

export interface Order {
  readonly target: RedactionTarget;
  readonly reason: string;
  readonly cause: "person" | "retention";
}

/** Inside the caller's transaction, which holds the run. Throws the sentence that says why not. */
export async function insertOrder(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { target, reason, cause }: Order,
): Promise<{ redactionId: string }> {
  const orderedBy = actorId(scope.actor);
  const refusal = refusalToRedact(
    {
      ...{ status: run.status, orderedBy, launchedBy: await launcherFor(tx.db, run.launchedBy, orderedBy) },
      isDeciding: await isDeciding(tx.db, run.id),
      holdReason: await holdOf(tx.db, run.pilotId),
    },
    target.kind,
  );
  if (refusal !== null) throw refused(refusal);
  const now = scope.clock.now();
  const id = newId("redaction", now);
  await insertRedaction(tx.db, { id, runId: run.id, target, reason, orderedBy, createdAt: new Date(now) });
  tx.record({
    kind: "payload.redaction_ordered",
    about: [`redaction:${id}`, `run:${run.id}`, `pilot:${run.pilotId}`],
    charter: run.charterDigest,
    detail: { what: target.kind, cause, ...reasonDetail(reason) },
  });
  return { redactionId: id };
}
