// Runs of comparisons as other nouns see them: none of them is merged as a matter of course.
import type { Db } from "../db.ts";
import { findHeld } from "./store.ts";

/** Whether what a run proposes is judged in a comparison: no merge gate is opened for it, and it stays on its base. */
export const isHeldForJudging = async (db: Db, runId: string): Promise<boolean> =>
  (await findHeld(db, [runId])).length > 0;

/** Those of them that are. */
export const heldForJudging = findHeld;
