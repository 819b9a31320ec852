// The newest entry that a signed checkpoint covers, and whether bytes are that entry.
import { read } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import { leafHash } from "../../tlog/hashing.ts";
import { inclusionProof, rootFromInclusion } from "../../tlog/proofs.ts";
import { findCheckpoint } from "../proof-store.ts";
import { openTree } from "../tiles.ts";
import { findFirstSigned, findNewestUnder } from "./store.ts";

/** When the entry that asked for a round of the self-test came under a signed checkpoint; null until then. */
export const askedUnderCheckpoint = (scope: Scope, testId: string): Promise<Date | null> =>
  read(scope, (db) => findFirstSigned(db, "controls.asked", `control_test:${testId}`));

export interface Provable {
  readonly entryId: string;
  readonly body: Uint8Array;
  /** Whether these bytes are what stands at the entry's place in the signed tree. */
  leadsToRoot(bytes: Uint8Array): Promise<boolean>;
}

/** Null until there is one. */
export async function newestProvable(scope: Scope): Promise<Provable | null> {
  const found = await read(scope, async (db) => {
    const checkpoint = await findCheckpoint(db, null);
    const entry = checkpoint && (await findNewestUnder(db, checkpoint.epoch, checkpoint.size));
    return checkpoint && entry ? { checkpoint, entry } : null;
  });
  if (found === null) return null;
  const { checkpoint, entry } = found;
  const { size, root } = checkpoint;
  return {
    entryId: entry.id,
    body: entry.body,
    async leadsToRoot(bytes) {
      const proof = await inclusionProof(entry.index, size, await openTree(checkpoint));
      return rootFromInclusion(entry.index, size, leafHash(bytes), proof)?.equals(root) ?? false;
    },
  };
}
