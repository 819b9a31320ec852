// By the clock: what nobody promoted goes when its charter's days are over. Digest and findings stay; a promoted one stays as long
// as the run's other payloads.
import { blobStore } from "../blobs/service.ts";
import { DAY } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { charterOf } from "../pilots/service.ts";
import { holdOf } from "../retention/hold.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { deletedBefore } from "./rules.ts";
import { type DueArtefact, lockArtefacts, markDeleted, selectKept } from "./store.ts";

/** Rows of one look; charters differ, so the look goes on from where it ended. */
const AT_ONCE = 500;
/** As many as an entry names. */
const OF_AN_ENTRY = 200;

/** Returns how many were deleted. Throws after the last, where one could not be. */
export async function expireArtefacts(scope: Scope): Promise<number> {
  const now = scope.clock.now();
  const failures: unknown[] = [];
  let [deleted, after] = [0, ""];
  for (;;) {
    const from = after;
    const kept = await read(scope, (db) => selectKept(db, new Date(now - DAY), from, AT_ONCE));
    const due = await dueAmong(scope, kept, now);
    for (const [runId, rows] of Map.groupBy(due, (row) => row.runId))
      deleted += await remove(scope, runId, rows.slice(0, OF_AN_ENTRY), failures).catch((error: unknown) => {
        failures.push(error);
        return 0;
      });
    after = kept.at(-1)?.id ?? "";
    if (kept.length < AT_ONCE) break;
  }
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      "Some artefacts whose days are over could not be deleted; the others were.",
    );
  return deleted;
}

async function dueAmong(scope: Scope, kept: readonly DueArtefact[], now: number): Promise<DueArtefact[]> {
  const ids = [...new Set(kept.map(({ charterId }) => charterId))];
  const before = new Map<string, number>();
  for (const id of ids) before.set(id, deletedBefore(await read(scope, (db) => charterOf(db, id)), now));
  return kept.filter(({ charterId, createdAt }) => createdAt.getTime() <= (before.get(charterId) ?? 0));
}

/**
 * Files go before the rows say so: after a crash in between they are found and deleted once more. One that cannot be deleted
 * keeps its row, for the next look.
 */
async function remove(
  scope: Scope,
  runId: string,
  due: readonly DueArtefact[],
  failures: unknown[],
): Promise<number> {
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId); // nobody asks for one of them meanwhile
    if ((await holdOf(tx.db, run.pilotId)) !== null) return 0;
    const rows = await lockArtefacts(
      tx.db,
      runId,
      due.map(({ id }) => id),
    );
    const gates = await tx.db.gate.findMany({
      where: { id: { in: rows.flatMap(({ gateId }) => gateId ?? []) }, status: "open" },
      select: { id: true },
    });
    const waits = new Set(gates.map(({ id }) => id));
    const gone: string[] = [];
    for (const row of rows) {
      if (row.state === "promoted" || row.state === "deleted" || waits.has(row.gateId ?? "")) continue;
      if (row.blobId !== null && !(await isRemoved(row.blobId, failures))) continue;
      if (await markDeleted(tx.db, row, new Date(scope.clock.now()))) gone.push(row.id);
    }
    if (gone.length === 0) return 0;
    tx.record({
      kind: "artefact.deleted",
      about: [`run:${run.id}`, `pilot:${run.pilotId}`],
      charter: run.charterDigest,
      detail: { artefacts: gone },
    });
    return gone.length;
  });
}

async function isRemoved(blobId: string, failures: unknown[]): Promise<boolean> {
  try {
    await blobStore().remove(blobId);
    return true;
  } catch (error) {
    failures.push(error);
    return false;
  }
}
