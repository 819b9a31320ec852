import { visiblePilots } from "../authz/rules.ts";
import { read } from "../db.ts";
import { notFound } from "../errors.ts";
import { Summary } from "../protocol/schema.ts";
import type { Scope } from "../scope.ts";
import type { LeaseView, RunStatus, RunView } from "./schema.ts";
import { findRun, type RunFilter, selectLeases, selectViews } from "./store.ts";

const PAGE = 200;

export interface ListRuns {
  readonly pilotId?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  readonly text?: string | undefined;
}

/** Runs the scope may see, newest first, at most 200. */
export async function listRuns(scope: Scope, input: ListRuns = {}): Promise<RunView[]> {
  const filter: RunFilter = { pilotIds: visiblePilots(scope.grants), ...input };
  return read(scope, (db) => selectViews(db, filter, PAGE));
}

export async function getRun(scope: Scope, runId: string): Promise<RunView> {
  const [run] = await read(scope, (db) =>
    selectViews(db, { pilotIds: visiblePilots(scope.grants), ids: [runId] }, 1),
  );
  if (!run) throw notFound("run");
  return run;
}

export async function listLeases(scope: Scope, runId: string): Promise<LeaseView[]> {
  return read(scope, (db) => selectLeases(db, runId));
}

/** What the agent said at the end, or null before. Claims are the agent's; evidence is elsewhere. */
export async function findSummary(scope: Scope, runId: string): Promise<Summary | null> {
  const run = await read(scope, (db) => findRun(db, runId));
  return run?.summary == null ? null : Summary.parse(run.summary);
}
