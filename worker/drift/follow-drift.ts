// Follows the events of runs at work and writes their drift down. What was counted so far is kept in memory alone, since it
// holds texts: after a crash it is counted again from the first event, and gives the same points.
import { setImmediate as nextTurn } from "node:timers/promises";
import { DAY } from "#lib/clock.ts";
import { createDrift, type Drift, type DriftTerms } from "#lib/drift/fold.ts";
import type { DriftPoint } from "#lib/drift/schema.ts";
import { charterToFollow, type Followed, listFollowed, paused, storePoints } from "#lib/drift/service.ts";
import { AppError } from "#lib/errors.ts";
import { listEvents } from "#lib/events/service.ts";
import { budgetsOf } from "#lib/model-calls/rules.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import type { Scope } from "#lib/scope.ts";
import { anyGlobMatches } from "#lib/text/path-globs.ts";

/** Ended for longer than this, a run's last points are not drawn any more. */
const LOOK_BACK = 7 * DAY;
const PAGE = 1000;
const AT_A_STRETCH = 10;
/** More runs than are ever at work at once; the ones that were looked at longest ago are counted again when they go on. */
const MOST_KEPT = 500;

export interface DriftFollower {
  /** One look at every run that has something new. Returns how many there were. */
  follow(scope: Scope): Promise<number>;
}

export interface FollowerOptions {
  /** Pauses a run as the system; rejects (`conflict`) where it cannot be paused any more. */
  pause(scope: Scope, runId: string, reason: string): Promise<void>;
  /** One run that cannot be followed keeps no other from it. */
  failed(error: unknown, runId: string): void;
  /** Events read at once. */
  readonly page?: number;
}

export function termsOf(charter: Charter): DriftTerms {
  const { allowedPaths, forbiddenPaths } = charter.scope;
  const { harnessPaths, testArgv } = charter.environment;
  return {
    isAllowed: (path) => anyGlobMatches(allowedPaths, path) && !anyGlobMatches(forbiddenPaths, path),
    isHarness: (path) => anyGlobMatches(harnessPaths, path),
    testArgv,
    budgetMicros: budgetsOf(charter).runMicros,
  };
}

export function createDriftFollower({ pause, failed, page = PAGE }: FollowerOptions): DriftFollower {
  const kept = new Map<string, Drift>();

  async function driftOf(scope: Scope, { runId, charterId }: Followed): Promise<Drift> {
    const known = kept.get(runId);
    kept.delete(runId); // and in again, as the one looked at last
    const drift = known ?? createDrift(termsOf(await charterToFollow(scope, charterId)));
    kept.set(runId, drift);
    const oldest = kept.keys().next();
    if (kept.size > MOST_KEPT && !oldest.done) kept.delete(oldest.value);
    return drift;
  }

  async function followRun(scope: Scope, run: Followed): Promise<void> {
    const { runId } = run;
    const drift = await driftOf(scope, run);
    for (;;) {
      const events = await listEvents(scope, runId, drift.seq(), page);
      const points: DriftPoint[] = [];
      for (const [at, event] of events.entries()) {
        const point = drift.take(event);
        if (point) points.push(point);
        // A long message is held against hundreds of commands: whatever else the worker does goes on in between.
        if (at % AT_A_STRETCH === 0) await nextTurn();
      }
      const isAll = events.length < page;
      const reason = await storePoints(scope, { runId, points, seq: drift.seq(), isAll });
      if (reason !== null) await pauseFor(scope, runId, reason);
      if (isAll) return;
    }
  }

  async function pauseFor(scope: Scope, runId: string, reason: string): Promise<void> {
    try {
      await pause(scope, runId, reason);
    } catch (error) {
      // It ended, was paused by somebody, or handed its work in: there is nothing left to pause.
      if (!(error instanceof AppError && ["conflict", "refused"].includes(error.code))) throw error;
    }
    await paused(scope, runId);
  }

  return {
    async follow(scope) {
      const runs = await listFollowed(scope, scope.clock.now() - LOOK_BACK);
      for (const run of runs) {
        await followRun(scope, run).catch((error: unknown) => {
          kept.delete(run.runId); // what was taken in and not stored is counted again
          failed(error, run.runId);
        });
      }
      return runs.length;
    },
  };
}
