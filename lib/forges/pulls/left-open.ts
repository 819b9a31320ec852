// A pull request of ours on a forge that the repository is not connected with any more.
import { read, transaction } from "../../db.ts";
import { FORGE_WATCH } from "../../findings/forge-watch.ts";
import { openFindings } from "../../findings/open-findings.ts";
import type { Scope } from "../../scope.ts";
import { findAsked, findLastAddress, type PullAsked, upsertPull } from "./store.ts";

/** For the worker; null where nothing of the merge was opened there. */
export const findOnForge = (scope: Scope, mergeId: string): Promise<PullAsked | null> =>
  read(scope, (db) => findAsked(db, mergeId));

/** For the worker: where a pull request would be that was opened and not written down; null where nothing was ever connected. */
export const findLastForge = (scope: Scope, repositoryId: string): Promise<string | null> =>
  read(scope, (db) => findLastAddress(db, repositoryId));

export interface LeftOpenNoted {
  readonly address: string;
  /** Null where it was not written down. */
  readonly number: number | null;
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
    const where = number === null ? `${address}/pulls` : `${address}/pull/${number}`;
    const text = `${where}: ${problem}`.slice(0, 1000);
    const evidence = { text, path: null, line: null };
    await openFindings(tx, scope, runId, [
      { rule: FORGE_WATCH.leftOpen, subject: mergeId, evidence, at: at.getTime() },
    ]);
    await upsertPull(tx.db, { mergeId, runId, repositoryId, problem, nextAt: null, at });
    tx.ring({ channel: "record_grew", payload: "" });
  });
}
