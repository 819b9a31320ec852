import { blobStore } from "../blobs/service.ts";
import { MINUTE } from "../clock.ts";
import { type Db, read, transaction } from "../db.ts";
import { isEnded } from "../runs/rules.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { RunStatus } from "../runs/schema.ts";
import type { Scope } from "../scope.ts";
import { type Dropping, markDropped, selectDroppable } from "./store.ts";

/** The newest, and one before it: a runner may be downloading that. */
const KEPT = 2;
/** A runner that uploads says so in its next batch. */
const NOTED_AFTER = 10 * MINUTE;
/** As many as an entry names. */
const BLOBS_AT_ONCE = 100;

const ENDED = RunStatus.options.filter(isEnded);

/** Deletes bytes that no run is taken up from any more. Returns how many. */
export async function dropSnapshots(scope: Scope): Promise<number> {
  const due = await read(scope, (db) => select(db, scope, null));
  let dropped = 0;
  for (const { runId } of due) dropped += await drop(scope, runId);
  return dropped;
}

const select = (db: Db, scope: Scope, runId: string | null): Promise<Dropping[]> =>
  selectDroppable(db, KEPT, new Date(scope.clock.now() - NOTED_AFTER), ENDED, runId);

/** Files go before the rows say so: after a crash in between they are found and dropped once more. */
async function drop(scope: Scope, runId: string): Promise<number> {
  return transaction(scope, async (tx) => {
    await lockRun(tx, runId); // nothing is noted, and no hold begins to matter, meanwhile
    const [dropping] = await select(tx.db, scope, runId);
    if (!dropping) return 0;
    const blobs = dropping.blobs.slice(0, BLOBS_AT_ONCE);
    for (const blob of blobs) await blobStore().remove(blob);
    await markDropped(tx.db, runId, blobs, new Date(scope.clock.now()));
    tx.record({
      kind: "snapshot.dropped",
      about: [`run:${runId}`],
      charter: dropping.charterDigest,
      detail: { blobs },
    });
    return blobs.length;
  });
}
