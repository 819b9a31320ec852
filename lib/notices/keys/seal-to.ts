// What other nouns seal to the worker with the key of notices.
import type { Tx } from "../../db.ts";
import { unavailable } from "../../errors.ts";
import { findNoticeKey } from "../channel-store.ts";

export interface SealTo {
  readonly id: string;
  readonly publicKey: Uint8Array;
}

/** The worker's, as it published it. Throws unavailable before it has. */
export async function sealingKey(tx: Pick<Tx, "db">): Promise<SealTo> {
  const key = await findNoticeKey(tx.db);
  if (key) return key;
  throw unavailable("The worker has not started yet, so there is nothing to seal this to. Try again soon.");
}
