import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import type { BodyOf } from "../protocol/events.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { findUpload, insertSnapshot } from "./store.ts";

/** What the event `snapshot_taken` brings about: its bytes were uploaded by this lease. Told again, it changes nothing. */
export async function noteSnapshot(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { id, attempt }: { readonly id: string; readonly attempt: number },
  { blob, age = 0, ...said }: BodyOf<"snapshot_taken">,
): Promise<void> {
  const { grantedAt } = await tx.db.lease.findUniqueOrThrow({ where: { id } });
  const upload = await findUpload(tx.db, run.id, blob, grantedAt);
  if (!upload) throw refused("The snapshot names bytes that this lease did not upload.");
  // When it was made: what the agent was told while it was uploaded is told again where it is taken up.
  const at = new Date(scope.clock.now() - age);
  const row = { blobId: blob, runId: run.id, attempt, baseCommit: run.baseCommit, at, ...said };
  if (!(await insertSnapshot(tx.db, row))) return;
  const { turn, tree, why } = said;
  tx.record({
    kind: "snapshot.taken",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    detail: { attempt, blob, turn, tree, why, commitment: upload.commitment },
  });
}
