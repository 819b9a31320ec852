// What the worker found in bytes of the quarantine, and what that makes of them. What could not be looked into stays where it is.
import { read, transaction } from "../db.ts";
import { charterDigestOf, lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { retryAfter, stateAfterScan } from "./rules.ts";
import { type ArtefactFinding, MOST_FINDINGS } from "./schema.ts";
import { markScanned, markUnscanned, selectUnscanned } from "./store.ts";

const AT_ONCE = 10;
/** After so many it stays in quarantine, and says why. */
const MOST_TRIES = 12;

export interface Unscanned {
  readonly id: string;
  readonly runId: string;
  readonly attempt: number;
  readonly blobId: string;
  /** A text of the agent's, like its bytes. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly tries: number;
}

export async function listUnscanned(scope: Scope): Promise<Unscanned[]> {
  const rows = await read(scope, (db) =>
    selectUnscanned(db, new Date(scope.clock.now()), { retryAfter, mostTries: MOST_TRIES, limit: AT_ONCE }),
  );
  return rows.flatMap(({ id, runId, attempt, blobId, path, sha256, size, tries }) =>
    blobId === null ? [] : [{ id, runId, attempt, blobId, path, sha256, tries, size: Number(size) }],
  );
}

export async function recordScan(
  scope: Scope,
  { id, runId, attempt }: Pick<Unscanned, "id" | "runId" | "attempt">,
  { media, findings }: { readonly media: string; readonly findings: readonly ArtefactFinding[] },
): Promise<void> {
  // What ends it is never cut off by what does not.
  const kept = [...findings].sort((one, other) => rank(one) - rank(other)).slice(0, MOST_FINDINGS);
  const state = stateAfterScan(kept);
  await transaction(scope, async (tx) => {
    await lockRun(tx, runId);
    const at = new Date(scope.clock.now());
    if (!(await markScanned(tx.db, id, { state, media, findings: kept, at }))) return;
    const rules = [...new Set(kept.map(({ rule }) => rule))];
    const charter = await charterDigestOf(tx.db, runId);
    if (state === "scanned")
      tx.record({
        kind: "artefact.scanned",
        about: [`run:${runId}`],
        charter,
        detail: { artefact: id, attempt, rules },
      });
    else
      tx.record({
        kind: "artefact.refused",
        about: [`run:${runId}`],
        charter,
        detail: { artefact: id, attempt, by: "worker", rules },
      });
  });
}

const rank = (finding: ArtefactFinding): number => (stateAfterScan([finding]) === "refused" ? 0 : 1);

/** It stays in quarantine; the next try comes later each time. */
export async function recordFailedScan(
  scope: Scope,
  { id, runId, attempt, tries }: Unscanned,
  problem: string,
): Promise<void> {
  await transaction(scope, async (tx) => {
    await lockRun(tx, runId);
    if (!(await markUnscanned(tx.db, id, problem.slice(0, 1000), new Date(scope.clock.now())))) return;
    tx.record({
      kind: "artefact.scan_failed",
      about: [`run:${runId}`],
      charter: await charterDigestOf(tx.db, runId),
      detail: { artefact: id, attempt, tries: tries + 1 },
    });
  });
}
