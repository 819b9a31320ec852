import type { Tx } from "../db.ts";
import { watchedUntil } from "./rules.ts";
import { insertWatch, type NewWatch } from "./store.ts";

/** With the entry that says the branch was moved. `commit` is what it got. */
export const startWatch = (
  tx: Tx,
  merge: Omit<NewWatch, "until" | "mergedAt">,
  mergedAt: number,
): Promise<void> =>
  insertWatch(tx.db, {
    ...merge,
    mergedAt: new Date(mergedAt),
    until: new Date(watchedUntil(mergedAt)),
  });
