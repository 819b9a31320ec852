// What the worker asks for and writes down of merges that are watched, and what pages show of them.
import { read, type Tx, transaction } from "../db.ts";
import { FORGE_RULES } from "../findings/catalog.ts";
import { openFindings } from "../findings/open-findings.ts";
import { newId } from "../ids.ts";
import { changeOf } from "../record/change.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { endingOf } from "./rules.ts";
import type { Sighting, WatchState, WatchView } from "./schema.ts";
import {
  type DueWatch,
  failedCheckSince,
  findWatchOf,
  hasSighting,
  insertSighting,
  linesSeen,
  lockWatching,
  mergedRevertOf,
  selectDue,
  setCursor,
  settleWatch,
} from "./store.ts";

export type { DueWatch } from "./store.ts";

/** One turn of the worker looks at no more, so that a busy branch keeps nothing else waiting. */
const AT_ONCE = 20;

export const listDue = (scope: Scope): Promise<DueWatch[]> =>
  read(scope, (db) => selectDue(db, new Date(scope.clock.now()), AT_ONCE));

/** What is known without asking git. */
export async function knownOf(
  scope: Scope,
  mergeId: string,
): Promise<{
  readonly revert: { readonly runId: string; readonly commit: string } | null;
  readonly failedCheck: string | null;
  /** The most lines that were seen changed so far. */
  readonly lines: number;
}> {
  return read(scope, async (db) => ({
    revert: await mergedRevertOf(db, mergeId),
    failedCheck: await failedCheckSince(db, mergeId),
    lines: await linesSeen(db, mergeId),
  }));
}

/**
 * Writes down what one look at the branch gave, once, however often it is told. A branch that no longer holds the merge is a
 * finding of its run. When the time is over and nothing ended it, the merge has held.
 */
export async function noteLook(
  scope: Scope,
  { mergeId, runId, until }: Pick<DueWatch, "mergeId" | "runId" | "until">,
  head: string,
  sightings: readonly Omit<Sighting, "at">[],
): Promise<void> {
  const now = new Date(scope.clock.now());
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (!(await lockWatching(tx.db, mergeId))) return;
    let state: WatchState = "watching";
    for (const sighting of sightings) {
      await noteSighting(tx, scope, { mergeId, runId, charter: run.charterDigest }, { ...sighting, at: now });
      state = endingOf(sighting.seen) ?? state;
    }
    if (state === "watching" && until <= now) state = "held";
    if (state !== "watching") {
      await settleWatch(tx.db, mergeId, state, now);
      tx.record({
        kind: "run.watch_ended",
        about: [`run:${runId}`],
        charter: run.charterDigest,
        ...changeOf({ merge: mergeId, watch: "watching" }, { merge: mergeId, watch: state }),
        detail: { merge: mergeId, outcome: state },
      });
    }
    await setCursor(tx.db, mergeId, head, now);
  });
}

/** It could not be looked at: others have their turn before it is tried again. */
export async function noteFailure(
  scope: Scope,
  { mergeId, lookedAtHead }: Pick<DueWatch, "mergeId" | "lookedAtHead">,
): Promise<void> {
  await transaction(scope, (tx) =>
    setCursor(tx.db, mergeId, lookedAtHead ?? "", new Date(scope.clock.now())),
  );
}

async function noteSighting(
  tx: Tx,
  scope: Scope,
  { mergeId, runId, charter }: { readonly mergeId: string; readonly runId: string; readonly charter: string },
  sighting: Sighting,
): Promise<void> {
  if (await hasSighting(tx.db, mergeId, sighting)) return;
  const id = newId("sighting", scope.clock.now());
  const { seen, commit, source, lines, ofLines, subject } = sighting;
  await insertSighting(tx.db, { ...sighting, id, mergeId, runId });
  tx.record({
    kind: "run.merge_sighted",
    about: [`run:${runId}`],
    charter,
    detail: {
      ...{ merge: mergeId, sighting: id, seen, commit, source },
      ...(lines === null || ofLines === null ? {} : { lines, of_lines: ofLines }),
      ...(subject === null ? {} : { subject }),
    },
  });
  if (seen !== "rewritten") return;
  const text = `The branch stands at ${commit}, whose history does not hold what was approved and merged by this run.`;
  await openFindings(tx, scope, runId, [
    {
      rule: FORGE_RULES.rewritten,
      subject: commit,
      evidence: { text, path: null, line: null },
      at: scope.clock.now(),
    },
  ]);
}

/** What became of a run's merge; null where none was watched. The caller has checked the run's visibility. */
export const findWatch = (scope: Scope, runId: string): Promise<WatchView | null> =>
  read(scope, (db) => findWatchOf(db, runId));
