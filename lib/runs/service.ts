import { visiblePilots } from "../authz/rules.ts";
import { read } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { Summary } from "../protocol/schema.ts";
import { actorId, type Scope } from "../scope.ts";
import type { LeaseView, RunName, RunStatus, RunView } from "./schema.ts";
import {
  countByPilot,
  findRun,
  isJudgedBlind,
  type RunFilter,
  selectLeases,
  selectRecent,
  selectViews,
} from "./store.ts";

const PAGE = 200;

export interface ListRuns {
  readonly pilotId?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  readonly text?: string | undefined;
}

/** Runs the scope may see, newest first, at most 200. */
export async function listRuns(scope: Scope, input: ListRuns = {}): Promise<RunView[]> {
  const pilotIds = visiblePilots(scope.grants, "run.view");
  const filter: RunFilter = { pilotIds, ...input, blind: actorId(scope.actor) };
  return read(scope, (db) => selectViews(db, filter, PAGE));
}

/** Those that an emergency stop would take. */
export const LIVE: readonly RunStatus[] = [
  ...(["queued", "preparing", "working", "awaiting_decision", "paused", "verifying"] as const),
];

export interface LiveRuns {
  readonly total: number;
  readonly ofPilot: (pilotId: string) => number;
  /** Runs that stand still: those this person launched, and everybody's. */
  readonly paused: { readonly mine: number; readonly team: number };
}

/** Counted by the database: no run is read. */
export async function countLiveRuns(scope: Scope): Promise<LiveRuns> {
  const filter = { pilotIds: visiblePilots(scope.grants, "run.view"), statuses: LIVE };
  const rows = await read(scope, (db) => countByPilot(db, filter, actorId(scope.actor)));
  const live = new Map(rows.map((row) => [row.pilotId, row.live]));
  const sum = (field: "live" | "paused" | "ownPaused") => rows.reduce((total, row) => total + row[field], 0);
  return {
    total: sum("live"),
    ofPilot: (pilotId) => live.get(pilotId) ?? 0,
    paused: { mine: sum("ownPaused"), team: sum("paused") },
  };
}

/** The newest runs the scope may see. */
export async function listRecentRuns(scope: Scope, limit: number): Promise<RunName[]> {
  const pilotIds = visiblePilots(scope.grants, "run.view");
  return read(scope, (db) => selectRecent(db, pilotIds, limit, actorId(scope.actor)));
}

export async function getRun(
  scope: Scope,
  runId: string,
  permission: "run.view" | "log.view" = "run.view",
): Promise<RunView> {
  const pilotIds = visiblePilots(scope.grants, permission);
  const { run, isBlind } = await read(scope, async (db) => ({
    run: (await selectViews(db, { pilotIds, ids: [runId] }, 1))[0],
    isBlind: await isJudgedBlind(db, runId, actorId(scope.actor)),
  }));
  if (!run) throw notFound("run");
  if (isBlind)
    throw refused("You judge this run blind. Its pages open to you once its comparison is closed.");
  return run;
}

/** Whether this person judges the run in a comparison that is not closed, and so is shown nothing of it. */
export const isBlindTo = (scope: Scope, runId: string): Promise<boolean> =>
  read(scope, (db) => isJudgedBlind(db, runId, actorId(scope.actor)));

export async function listLeases(scope: Scope, runId: string): Promise<LeaseView[]> {
  return read(scope, (db) => selectLeases(db, runId));
}

/** What the agent said at the end, or null before. Claims are the agent's; evidence is elsewhere. */
export async function findSummary(scope: Scope, runId: string): Promise<Summary | null> {
  const run = await read(scope, (db) => findRun(db, runId));
  return run?.summary == null ? null : Summary.parse(run.summary);
}
