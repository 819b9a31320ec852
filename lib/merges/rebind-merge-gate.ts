// An approval is bound to what was known by then. Where findings of a run came up or were decided since its gate opened,
// or another charter came into force, that gate is void and another one opens over the same patch, with things as they
// are now.
import type { Tx } from "../db.ts";
import { findOpenGateOf, voidMergeGate } from "../gates/open-gate.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { openMergeGate } from "./open-merge-gate.ts";
import { whyStale } from "./still-bound.ts";

/** The caller holds the run. True when another gate was opened. */
export async function rebindMergeGate(tx: Tx, scope: Scope, run: RunRow): Promise<boolean> {
  const gateId = run.status === "in_review" ? await findOpenGateOf(tx, run.id) : null;
  if (gateId === null) return false;
  const gate = await tx.db.gate.findUniqueOrThrow({ where: { id: gateId }, select: { document: true } });
  const why = await whyStale(tx, run, gate.document);
  if (why === null) return false;
  await voidMergeGate(tx, scope, run.id, why);
  await openMergeGate(tx, scope, run);
  return true;
}
