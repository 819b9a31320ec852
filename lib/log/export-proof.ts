// The proof of one entry as a file: the same format as an export, with all other entries standing there by hash.
import { read } from "../db.ts";
import { conflict } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { pinnedLines } from "./export-lines.ts";
import { countRedactions } from "./export-store.ts";
import { findCheckpoint, findLeaf } from "./proof-store.ts";
import { getEntry } from "./service.ts";

/** The bundle of an entry the scope may read. Throws conflict while nothing that covers it was signed. */
export async function openProof(scope: Scope, entryId: string): Promise<AsyncGenerator<string>> {
  await getEntry(scope, entryId);
  const { leaf, checkpoint, redactions } = await read(scope, async (db) => {
    const found = await findLeaf(db, entryId);
    return {
      leaf: found,
      checkpoint: found ? await findCheckpoint(db, found.epoch) : null,
      redactions: (await countRedactions(db, null, null)).all,
    };
  });
  if (!leaf || !checkpoint || leaf.index >= checkpoint.size)
    throw conflict("The entry is not under a signed checkpoint yet. Try again in a moment.");
  const { epoch, size, note } = checkpoint;
  const pin = { epoch, size, note, redactions, withBlobs: false, pilotId: null, runId: null };
  return pinnedLines(scope, pin, "proof", [leaf.index]);
}
