// A gate that stands where another one of the same run is void: what is the same of it, and who approved that.
import { z } from "zod";
import { read } from "../db.ts";
import { namesOf } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import type { AgainView, GateView } from "./schema.ts";
import { findGate } from "./store.ts";

const Document = z.looseObject({
  baseCommit: z.string(),
  evidence: z.array(z.string()),
  again: z
    .looseObject({ gate: z.string(), digest: z.string(), base: z.string(), identical: z.boolean() })
    .nullish(),
});

/** It was whole, and the branch was another one when it was to be moved. */
const MOVED_MEANWHILE = "It was approved, and the base moved before the merge: that approval is void.";

/** Null where the gate is its run's first, or is closed. Whoever was given it may see it. */
export async function findAgain(
  scope: Scope,
  gate: Pick<GateView, "status" | "kind" | "document">,
): Promise<AgainView | null> {
  if (gate.status !== "open" || gate.kind !== "merge") return null;
  const document = Document.safeParse(JSON.parse(gate.document));
  if (!document.success) return null; // altered since: deciding voids the gate and says so
  const { again, baseCommit, evidence } = document.data;
  if (!again) return null;
  return read(scope, async (db) => {
    const before = await findGate(db, again.gate);
    if (!before || before.digest !== again.digest) return null;
    const earlier = Document.safeParse(JSON.parse(before.document));
    const approved = before.approvals.filter(
      ({ decision, withdrawnAt }) => decision === "approve" && !withdrawnAt,
    );
    const names = await namesOf(
      scope,
      approved.map(({ personId }) => personId),
    );
    return {
      gateId: before.id,
      reason: before.status === "approved" ? MOVED_MEANWHILE : (before.reason ?? ""),
      identical: again.identical,
      from: again.base,
      to: baseCommit,
      isRerun: earlier.success && earlier.data.evidence.join() !== evidence.join(),
      approvedBy: approved.map(({ personId }) => names.get(personId) ?? personId),
    };
  });
}
