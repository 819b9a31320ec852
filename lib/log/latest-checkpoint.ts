// The newest signed checkpoint, for what carries it elsewhere. It is no secret: it is made to be shown.
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { type CheckpointRow, findCheckpoint } from "./proof-store.ts";

/** Null until the notary has published one. */
export async function findLatestCheckpoint(scope: Scope): Promise<CheckpointRow | null> {
  return read(scope, (db) => findCheckpoint(db, null));
}
