// The proof of one entry as a file: the same format as an export, with all other entries standing there by hash. A
// merge is no more than its decision, so its proof brings the entries and documents that it rests on.
import { read } from "../db.ts";
import { conflict } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { pinnedLines } from "./export-lines.ts";
import { countRedactions, selectIndexesAbout } from "./export-store.ts";
import { findCheckpoint, findLeaf } from "./proof-store.ts";
import { getEntry } from "./service.ts";

const MERGE_KINDS: readonly string[] = ["run.merge_intended", "run.merge_commit_built", "run.merged"];
const RESTS_ON = [
  ...["run.launched", "gate.opened", "gate.approval_given", "gate.approval_withdrawn", "gate.approved"],
  ...["run.check_reported", "break_glass.used"],
  ...MERGE_KINDS,
];

/** The bundle of an entry the scope may read. Throws conflict while nothing that covers it was signed. */
export async function openProof(scope: Scope, entryId: string): Promise<AsyncGenerator<string>> {
  const { kind, about } = await getEntry(scope, entryId);
  const { leaf, checkpoint, redactions, before } = await read(scope, async (db) => {
    const found = await findLeaf(db, entryId);
    const runs = MERGE_KINDS.includes(kind) ? about.filter((subject) => subject.startsWith("run:")) : [];
    return {
      before:
        found && runs.length > 0
          ? await selectIndexesAbout(db, { epoch: found.epoch, size: found.index }, runs, RESTS_ON)
          : [],
      leaf: found,
      checkpoint: found ? await findCheckpoint(db, found.epoch) : null,
      redactions: (await countRedactions(db, null, null)).all,
    };
  });
  if (!leaf || !checkpoint || leaf.index >= checkpoint.size)
    throw conflict("The entry is not under a signed checkpoint yet. Try again in a moment.");
  const { epoch, size, note } = checkpoint;
  const pin = { epoch, size, note, redactions, withBlobs: false, pilotId: null, runId: null };
  return pinnedLines(scope, pin, "proof", [...before, leaf.index]);
}
