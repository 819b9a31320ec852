import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { LeaseView, RunStatus, RunView } from "./schema.ts";

export type RunRow = Omit<Prisma.RunGetPayload<object>, "status"> & { readonly status: RunStatus };

const typed = (row: Prisma.RunGetPayload<object> | null): RunRow | null => row as RunRow | null;

export async function findRun(db: Db, runId: string): Promise<RunRow | null> {
  return typed(await db.run.findUnique({ where: { id: runId } }));
}

/** The row, locked until the transaction ends. */
export async function lockRun(db: Db, runId: string): Promise<RunRow | null> {
  await db.$queryRaw`select from run where id = ${runId} for update`;
  return findRun(db, runId);
}

/** Ids of the pilot's runs that have not ended, in their order. */
export async function listOpenRuns(db: Db, pilotId: string): Promise<string[]> {
  const ended = ["merged", "rejected", "failed", "cancelled"] satisfies RunStatus[];
  const runs = await db.run.findMany({
    where: { pilotId, status: { notIn: ended } },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  return runs.map(({ id }) => id);
}

export async function findByRequestKey(db: Db, pilotId: string, requestKey: string): Promise<RunRow | null> {
  return typed(await db.run.findUnique({ where: { pilotId_requestKey: { pilotId, requestKey } } }));
}

export type NewRun = Prisma.RunUncheckedCreateInput;

export async function insertRun(db: Db, run: NewRun): Promise<void> {
  await db.run.create({ data: run });
  await db.runCursor.create({ data: { runId: run.id, seq: 0 } });
}

export type RunChange = Pick<
  Prisma.RunUncheckedUpdateInput,
  | "reason"
  | "startedAt"
  | "reviewOpenedAt"
  | "endedAt"
  | "attempt"
  | "baseCommit"
  | "bundleBlobId"
  | "summary"
>;

/** Moves a run from one state to another; false when it is no longer in the expected state. */
export async function updateStatus(
  db: Db,
  runId: string,
  from: RunStatus,
  to: RunStatus,
  change: RunChange,
): Promise<boolean> {
  const { count } = await db.run.updateMany({
    where: { id: runId, status: from },
    data: { status: to, ...change },
  });
  return count === 1;
}

export async function updateRun(db: Db, runId: string, change: RunChange): Promise<void> {
  await db.run.update({ where: { id: runId }, data: change });
}

export async function countRuns(db: Db, pilotId: string): Promise<number> {
  return db.run.count({ where: { pilotId } });
}

/** Outcomes of the last `limit` ended runs of a pilot, newest first. */
export async function lastOutcomes(db: Db, pilotId: string, limit: number): Promise<string[]> {
  const rows = await db.runFact.findMany({
    where: { pilotId, outcome: { not: null } },
    orderBy: { endedAt: "desc" },
    take: limit,
    select: { outcome: true },
  });
  return rows.flatMap((row) => row.outcome ?? []);
}

export interface RunFilter {
  readonly pilotIds: "all" | readonly string[];
  readonly pilotId?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  readonly text?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

type ViewRow = Omit<RunView, "charterVersion"> & { charterVersion: number };

/** Runs with the names a page shows, newest first. */
export async function selectViews(db: Db, filter: RunFilter, limit: number): Promise<RunView[]> {
  const conditions = [Prisma.sql`true`];
  if (filter.pilotIds !== "all") conditions.push(Prisma.sql`r.pilot_id = any(${[...filter.pilotIds]})`);
  if (filter.pilotId) conditions.push(Prisma.sql`r.pilot_id = ${filter.pilotId}`);
  if (filter.statuses) conditions.push(Prisma.sql`r.status = any(${[...filter.statuses]})`);
  if (filter.ids) conditions.push(Prisma.sql`r.id = any(${[...filter.ids]})`);
  if (filter.text)
    conditions.push(
      Prisma.sql`(r.title ilike ${`%${filter.text.replaceAll(/[\\%_]/g, "\\$&")}%`} or r.id = ${filter.text})`,
    );
  return db.$queryRaw<ViewRow[]>`
    select r.id, r.pilot_id as "pilotId", p.name as "pilotName", r.repository_id as "repositoryId", o.name as "repositoryName",
      c.canonical::jsonb -> 'scope' ->> 'branch' as branch, r.agent_id as "agentId", a.name as "agentName", a.driver,
      r.charter_id as "charterId", c.version as "charterVersion", r.charter_digest as "charterDigest", r.kind, r.title, r.status, r.reason,
      r.base_commit as "baseCommit", r.attempt, r.launched_by as "launchedBy",
      exists (select from lease l where l.run_id = r.id and l.ended_at is null) as "isHeld",
      coalesce(w.name, r.launched_by) as "launchedByName", r.launched_at as "launchedAt", r.started_at as "startedAt",
      r.review_opened_at as "reviewOpenedAt", r.ended_at as "endedAt"
    from run r
      join pilot p on p.id = r.pilot_id
      join repository o on o.id = r.repository_id
      join agent a on a.id = r.agent_id
      join charter c on c.id = r.charter_id
      left join person w on w.id = r.launched_by
    where ${Prisma.join(conditions, " and ")}
    order by r.launched_at desc, r.id desc
    limit ${limit}`;
}

export async function selectLeases(db: Db, runId: string): Promise<LeaseView[]> {
  return db.$queryRaw<LeaseView[]>`
    select l.id, l.attempt, l.phase, r.name as "runnerName", l.tier, l.granted_at as "grantedAt",
      l.ended_at as "endedAt", l.end_reason as "endReason"
    from lease l join runner r on r.id = l.runner_id where l.run_id = ${runId} order by l.attempt`;
}
