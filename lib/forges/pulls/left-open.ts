// A pull request of ours on a forge that the repository is not connected with any more.
import { read, transaction } from "../../db.ts";
import { FORGE_WATCH } from "../../findings/forge-watch.ts";
import { openFindings } from "../../findings/open-findings.ts";
import type { Scope } from "../../scope.ts";
import { findAsked, type PullAsked, upsertPull } from "./store.ts";

/** For the worker; null where nothing of the merge was opened there. */
export const findOnForge = (scope: Scope, mergeId: string): Promise<PullAsked | null> =>
  read(scope, (db) => findAsked(db, mergeId));

export interface LeftOpenNoted extends Omit<PullAsked, "step"> {
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
