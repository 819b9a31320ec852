// What the worker writes of a run's drift, and what pages read. The points are made elsewhere: whoever folds the events knows
// what the charter's patterns cover.
import { read, transaction } from "../db.ts";
import type { Charter } from "../pilots/schema.ts";
import { charterOf } from "../pilots/service.ts";
import { isEnded } from "../runs/rules.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { RunStatus } from "../runs/schema.ts";
import type { Scope } from "../scope.ts";
import { driftSentence, pauseAt, pausesFrom } from "./rules.ts";
import type { DriftPoint, DriftView, StoredPoint } from "./schema.ts";
import {
  type Cursor,
  type Followed,
  insertPoints,
  lockCursor,
  moveCursor,
  selectFollowed,
  selectPoints,
} from "./store.ts";

export type { Followed } from "./store.ts";

/** Points of a run after an event's number. The caller has checked that the scope may see the run. */
export async function listPoints(scope: Scope, runId: string, after: number): Promise<StoredPoint[]> {
  return read(scope, (db) => selectPoints(db, runId, after));
}

/** Null for a run whose agent has no model: it does what it was written to do. The caller has checked visibility. */
export async function findDrift(scope: Scope, runId: string): Promise<DriftView | null> {
  return read(scope, async (db) => {
    const run = await db.run.findUnique({
      where: { id: runId },
      select: { agentId: true, charterId: true },
    });
    const agent = run && (await db.agent.findUnique({ where: { id: run.agentId }, select: { model: true } }));
    if (!run || !agent?.model) return null;
    const charter = await charterOf(db, run.charterId);
    return { threshold: pauseAt(charter), points: await selectPoints(db, runId, 0) };
  });
}

const MOST_AT_ONCE = 200;

/** Runs with events that were not taken in. */
export const listFollowed = (scope: Scope, since: number): Promise<Followed[]> =>
  read(scope, (db) => selectFollowed(db, new Date(since), MOST_AT_ONCE));

/** What a run's drift is measured against. For the worker, which sees every pilot. */
export const charterToFollow = (scope: Scope, charterId: string): Promise<Charter> =>
  read(scope, (db) => charterOf(db, charterId));

/** States in which a runner works for the agent: then there is something to pause. */
const PAUSABLE: readonly RunStatus[] = ["preparing", "working", "awaiting_decision"];

export interface Taken {
  readonly runId: string;
  /** All points of the run so far, or at least all that were not stored. */
  readonly points: readonly DriftPoint[];
  /** Number of the last event that was looked at. */
  readonly seq: number;
  /** Whether that is the last event there is. */
  readonly isAll: boolean;
}

/**
 * Stores what is new of the points and how far the events were looked at. Gives the reason where the run is to be paused: it
 * stands written down that it is, until `paused` is called.
 */
export async function storePoints(scope: Scope, taken: Taken): Promise<string | null> {
  const { runId, seq, isAll } = taken;
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    const cursor = await lockCursor(tx.db, runId);
    const fresh = taken.points.filter((point) => point.seq > cursor.seq);
    const threshold = pauseAt(await charterOf(tx.db, run.charterId));
    const last = fresh.at(-1);
    const seen = stillSeen(cursor.seen, fresh, threshold);
    const isOver =
      threshold !== null &&
      last !== undefined &&
      last.score >= pausesFrom(threshold, seen) &&
      PAUSABLE.includes(run.status);
    await insertPoints(
      tx.db,
      runId,
      fresh.map((point) => ({ ...point, paused: isOver && point === last })),
    );
    const next: Cursor = {
      seq: Math.max(seq, cursor.seq),
      seen: isOver ? last.score : seen,
      pausing: isOver ? last.seq : cursor.pausing,
    };
    await moveCursor(tx.db, runId, { ...next, isOver: isAll && isEnded(run.status) && seq >= cursor.seq });
    if (fresh.length > 0) tx.ring({ channel: "run_changed", payload: runId });
    if (isOver)
      tx.record({
        kind: "run.drifted",
        about: [`run:${runId}`, `pilot:${run.pilotId}`],
        charter: run.charterDigest,
        detail: {
          attempt: run.attempt,
          event: last.seq,
          score: last.score,
          threshold,
          parts: last.parts.map(({ part }) => part),
        },
      });
    if (next.pausing === null || threshold === null) return null;
    const [point] = await selectPoints(tx.db, runId, next.pausing - 1);
    return point ? driftSentence(point, threshold) : null;
  });
}

/** The score somebody let go on is forgotten once it was below the threshold. */
const stillSeen = (seen: number | null, points: readonly DriftPoint[], threshold: number | null) =>
  threshold !== null && points.some(({ score }) => score < threshold) ? null : seen;

/** The pause was made, or there was nothing left to pause. */
export async function paused(scope: Scope, runId: string): Promise<void> {
  await transaction(scope, async ({ db }) => {
    const cursor = await lockCursor(db, runId);
    await db.driftCursor.update({ where: { runId }, data: { ...cursor, pausing: null } });
  });
}
