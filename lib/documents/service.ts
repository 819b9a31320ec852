// What reviewers make of a document that a run wrote: accuracy, completeness and clarity, once each.
import { may, requirePermission } from "../authz/require.ts";
import { read, transaction } from "../db.ts";
import { conflict, refused } from "../errors.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import type { ScoreDocument, ScoreView } from "./schema.ts";
import { findScored, insertScore } from "./store.ts";

/** Null where the run writes no document. */
export async function findScore(scope: Scope, runId: string): Promise<ScoreView | null> {
  const { kind, pilotId } = await getRun(scope, runId);
  if (kind !== "document") return null;
  const { isApproved, ...scored } = await read(scope, (db) => findScored(db, runId, actorId(scope.actor)));
  return { ...scored, isDue: isApproved && !scored.isGiven && may(scope, "gate.decide", pilotId) };
}

/** Throws refused before the document is approved, and conflict for a second score of the same person. */
export async function scoreDocument(scope: Scope, { runId, ...marks }: ScoreDocument): Promise<void> {
  const { pilotId, kind } = await getRun(scope, runId);
  requirePermission(scope, "gate.decide", pilotId);
  if (kind !== "document") throw refused("Only documents are scored, and this run writes none.");
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    const personId = actorId(scope.actor);
    const { isApproved, isGiven } = await findScored(tx.db, runId, personId);
    if (!isApproved) throw refused("The document is not approved yet; score it then.");
    if (isGiven) throw conflict("You have scored this document; a score stands as it was given.");
    await insertScore(tx.db, { runId, personId, ...marks, at: new Date(scope.clock.now()) });
    tx.record({
      kind: "run.document_scored",
      about: [`run:${runId}`],
      charter: run.charterDigest,
      detail: marks,
    });
  });
}
