import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { hasOpenCall, takeCallPayloads } from "./payload-store.ts";

/** Each may have megabytes. */
const AT_ONCE = 50;

/**
 * Takes some of what was said in a run's calls away. Returns how many pieces that were, 0 when all is gone; may be
 * repeated. The caller records the entry. Throws refused while a call is open: what comes of it would be stored after.
 */
export async function takeSaid(tx: Tx, runId: string): Promise<number> {
  if (await hasOpenCall(tx.db, runId)) throw refused("A call of the run's model is not settled yet.");
  return takeCallPayloads(tx.db, runId, AT_ONCE);
}
