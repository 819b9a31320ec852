// Runs of comparisons as other nouns see them: none of them is merged as a matter of course.
import type { Db } from "../db.ts";
import { refused } from "../errors.ts";
import { findHeld } from "./store.ts";

/** Whether what a run proposes is judged in a comparison: no merge gate is opened for it, and it stays on its base. */
export const isHeldForJudging = async (db: Db, runId: string): Promise<boolean> =>
  (await findHeld(db, [runId])).length > 0;

/** Those of them that are. */
export const heldForJudging = findHeld;

/** All attempts at a task are told the same. */
export async function refuseWordsTo(db: Db, runId: string): Promise<void> {
  if (await isHeldForJudging(db, runId))
    throw refused("This run is judged in a comparison: its agent gets no words that the others do not get.");
}
