// A pull request of ours on a forge that the repository is not connected with any more.
import { read, transaction } from "../../db.ts";
import { FORGE_WATCH } from "../../findings/forge-watch.ts";
import { openFindings } from "../../findings/open-findings.ts";
import type { Scope } from "../../scope.ts";
import { findWaiting, upsertPull } from "./store.ts";

export interface LeftOpen {
  readonly number: number;
  readonly address: string;
}

/** For the worker; null where nothing of the merge waits there. */
export const findLeftOpen = (scope: Scope, mergeId: string): Promise<LeftOpen | null> =>
  read(scope, (db) => findWaiting(db, mergeId));

export interface LeftOpenNoted extends LeftOpen {
  readonly mergeId: string;
  readonly runId: string;
  readonly repositoryId: string;
  /** A sentence. */
  readonly problem: string;
}

/** Nothing is tried again. */
export async function noteLeftOpen(scope: Scope, noted: LeftOpenNoted): Promise<void> {
  const { mergeId, runId, repositoryId, number, address, problem } = noted;
  await transaction(scope, async (tx) => {
    const at = new Date(scope.clock.now());
    const text = `${address}/pull/${number}: ${problem}`.slice(0, 1000);
    const evidence = { text, path: null, line: null };
    await openFindings(tx, scope, runId, [
      { rule: FORGE_WATCH.leftOpen, subject: mergeId, evidence, at: at.getTime() },
    ]);
    await upsertPull(tx.db, { mergeId, runId, repositoryId, problem, nextAt: null, at });
    tx.ring({ channel: "record_grew", payload: "" });
  });
}
