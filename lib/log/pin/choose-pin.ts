// What an export is pinned to: a checkpoint that covers every redaction of what it shows.
import { SECOND } from "../../clock.ts";
import { type Db, read } from "../../db.ts";
import { type AppError, conflict, notFound, refused, unavailable } from "../../errors.ts";
import type { Scope } from "../../scope.ts";
import {
  type Covered,
  countRedactions,
  type SignedPlace,
  selectIndexesAbout,
  selectRedactedSince,
} from "../export-store.ts";
import { type CheckpointRow, findCheckpoint } from "../proof-store.ts";

/** The notary is a second behind at most; after this it does not run. */
const PATIENCE = 5 * SECOND;
const BETWEEN = SECOND / 4;

export interface ToPin extends Covered {
  readonly withBlobs: boolean;
  /** Null: the newest. */
  readonly epoch: number | null;
}

export interface ChosenPin {
  readonly checkpoint: CheckpointRow;
  /** Redactions that were done: one more, and the payloads are no longer what they were. */
  readonly redactions: number;
}

const UNSIGNED =
  "Payloads were taken away just now, and no checkpoint covers the entry that says so: a verifier would hold their absence against the log. The notary signs within a second once it runs; start again then.";
const LATER =
  "Payloads of this log were taken away after it ended, and the entries that say so are in a later one: a verifier would hold their absence against it. Export it without payloads.";

/**
 * The newest checkpoint. Waits a moment where that does not cover a redaction of what is wanted, and then throws
 * unavailable; a log that has ended can never cover it, and is refused. Throws conflict while payloads are being taken away.
 */
export async function choosePin(scope: Scope, wanted: ToPin): Promise<ChosenPin> {
  const deadline = scope.clock.now() + PATIENCE;
  for (;;) {
    const found = await read(scope, (db) => lookForPin(db, wanted));
    if (!("obstacle" in found)) return found;
    if (!found.passes || scope.clock.now() >= deadline) throw found.obstacle;
    await scope.clock.sleep(BETWEEN);
  }
}

interface Obstacle {
  readonly obstacle: AppError;
  /** It may be gone in a moment. */
  readonly passes: boolean;
}

async function lookForPin(db: Db, wanted: ToPin): Promise<ChosenPin | Obstacle> {
  const { pilotId, runId, withBlobs, epoch } = wanted;
  const checkpoint = await findCheckpoint(db, epoch);
  if (!checkpoint) {
    if (epoch !== null) throw notFound("log");
    throw unavailable("Nothing has been signed yet. The notary signs within a second once it runs.");
  }
  const { all, active } = await countRedactions(db, pilotId, runId);
  // A redaction reaches evidence too, so exports without payloads are no exception.
  if (active > 0) throw conflict("Payloads are being redacted right now. Start again when that is done.");
  if (withBlobs && (await isRedactedSince(db, checkpoint, wanted))) {
    const isNewest = checkpoint.epoch === (await findCheckpoint(db, null))?.epoch;
    return isNewest
      ? { obstacle: unavailable(UNSIGNED), passes: true }
      : { obstacle: refused(LATER), passes: false };
  }
  return { checkpoint, redactions: all };
}

/**
 * Whether payloads that an export at this checkpoint would show were taken away, and it holds no entry that says so.
 * Redactions of runs that it says nothing of are none of its business.
 */
export async function isRedactedSince(db: Db, place: SignedPlace, covered: Covered): Promise<boolean> {
  for (const runId of await selectRedactedSince(db, place, covered)) {
    if ((await selectIndexesAbout(db, place, [`run:${runId}`], null)).length > 0) return true;
  }
  return false;
}
