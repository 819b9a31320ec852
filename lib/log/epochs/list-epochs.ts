// Which logs there are. Each is signed under a name of its own, and exported by itself.
import { read } from "../../db.ts";
import { detailOf } from "../../record/rules.ts";
import type { Scope } from "../../scope.ts";
import { type EpochListRow, selectEpochs } from "../notary-status-store.ts";
import { readableEntry, readableLogs } from "../rules.ts";
import type { EpochCause, EpochView } from "./schema.ts";

/** One for each restore of a deployment's life. */
const LISTED = 200;

/** Newest first. The caller's door has checked that the scope may export or read. */
export async function listEpochs(scope: Scope): Promise<EpochView[]> {
  const mayRead = readableLogs(scope.grants) === "all";
  const rows = await read(scope, (db) => selectEpochs(db, LISTED));
  return rows.map((row) => {
    const { epoch, origin, startedAt, size } = row;
    return { epoch, origin, startedAt, size, cause: causeOf(row, mayRead) };
  });
}

function causeOf({ entryId, body }: EpochListRow, mayRead: boolean): EpochCause | null {
  const entry = body ? readableEntry(body) : null;
  const detail = entry ? detailOf("log.epoch_started", entry) : null;
  if (!detail) return null;
  const { old_origin: oldOrigin, old_size: oldSize, kept } = detail;
  return { entryId: mayRead ? entryId : null, oldOrigin, oldSize, kept };
}
