// An approval is bound to what was found by then. Where findings of a run came up or were decided since its gate
// opened, that gate is void and another one opens over the same patch, with the findings as they are now.
import { z } from "zod";
import type { Tx } from "../db.ts";
import { findingsOf } from "../findings/run-findings.ts";
import { findOpenGateOf, voidMergeGate } from "../gates/open-gate.ts";
import { canonicalText } from "../record/rules.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { openMergeGate } from "./open-merge-gate.ts";

const Bound = z.looseObject({ findings: z.array(z.unknown()) });

/** Whether the gate's document names the findings as they are. */
export async function bindsFindings(tx: Tx, runId: string, document: string): Promise<boolean> {
  const { findings } = Bound.parse(JSON.parse(document));
  return canonicalText(findings) === canonicalText(await findingsOf(tx.db, runId));
}

/** The caller holds the run. True when another gate was opened. */
export async function rebindMergeGate(tx: Tx, scope: Scope, run: RunRow): Promise<boolean> {
  const gateId = run.status === "in_review" ? await findOpenGateOf(tx, run.id) : null;
  if (gateId === null) return false;
  const gate = await tx.db.gate.findUniqueOrThrow({ where: { id: gateId }, select: { document: true } });
  if (await bindsFindings(tx, run.id, gate.document)) return false;
  await voidMergeGate(
    tx,
    scope,
    run.id,
    "Findings of the run came up, or were decided, after this gate opened.",
  );
  await openMergeGate(tx, scope, run);
  return true;
}
