import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { LeaseView, RunName, RunStatus, RunView } from "./schema.ts";

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
  | "noChange"
  | "rejectedAs"
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

/** Runs that agents did: taking one back, and a drill, uses up nothing of what a charter allows. */
export async function countRuns(db: Db, pilotId: string): Promise<number> {
  return db.run.count({ where: { pilotId, kind: { notIn: ["revert", "drill"] } } });
}

/** Outcomes of the last `limit` ended runs of a pilot, newest first. */
export async function lastOutcomes(db: Db, pilotId: string, limit: number): Promise<string[]> {
  const rows = await db.runFact.findMany({
    // Whoever launches may cancel too: that ends no row of failures.
    where: { pilotId, outcome: { not: null, notIn: ["cancelled"] } },
    orderBy: [{ endedAt: "desc" }, { runId: "desc" }],
    take: limit,
    select: { outcome: true },
  });
  return rows.flatMap((row) => row.outcome ?? []);
}

/** When the newest run ended that neither failed nor was cancelled: what failed since is one row. Null: all did. */
export async function lastOtherEnd(db: Db, pilotId: string): Promise<Date | null> {
  const row = await db.runFact.findFirst({
    where: { pilotId, outcome: { not: null, notIn: ["cancelled", "failed"] } },
    orderBy: [{ endedAt: "desc" }, { runId: "desc" }],
    select: { endedAt: true },
  });
  return row?.endedAt ?? null;
}

export interface RunFilter {
  readonly pilotIds: "all" | readonly string[];
  readonly pilotId?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  readonly text?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  /** A person who is not shown what they judge blind. */
  readonly blind?: string | undefined;
}

type ViewRow = Omit<RunView, "charterVersion"> & { charterVersion: number };

/** Whether the run is one of a comparison that is not closed, which this person judges. */
const judgedBlind = (runId: Prisma.Sql, personId: string) => Prisma.sql`exists (
  select from comparison_attempt t join comparison c on c.id = t.comparison_id
    join comparison_reviewer v on v.comparison_id = c.id
  where t.run_id = ${runId} and c.state = 'started' and v.person_id = ${personId})`;

export async function isJudgedBlind(db: Db, runId: string, personId: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ blind: boolean }[]>`
    select ${judgedBlind(Prisma.sql`${runId}`, personId)} as blind`;
  return row?.blind ?? false;
}

const conditionsOf = ({ pilotIds, pilotId, statuses, ids, text, blind }: RunFilter): Prisma.Sql => {
  const conditions = [Prisma.sql`true`];
  if (pilotIds !== "all") conditions.push(Prisma.sql`r.pilot_id = any(${[...pilotIds]})`);
  if (pilotId) conditions.push(Prisma.sql`r.pilot_id = ${pilotId}`);
  if (statuses) conditions.push(Prisma.sql`r.status = any(${[...statuses]})`);
  if (ids) conditions.push(Prisma.sql`r.id = any(${[...ids]})`);
  if (blind) conditions.push(Prisma.sql`not ${judgedBlind(Prisma.sql`r.id`, blind)}`);
  if (text)
    conditions.push(
      Prisma.sql`(r.title ilike ${`%${text.replaceAll(/[\\%_]/g, "\\$&")}%`} or r.id = ${text})`,
    );
  return Prisma.join(conditions, " and ");
};

/** Runs with the names a page shows, newest first. The page is found first, and each of its charters is read once: they are long. */
export async function selectViews(db: Db, filter: RunFilter, limit: number): Promise<RunView[]> {
  return db.$queryRaw<ViewRow[]>`
    with page as materialized (
      select r.* from run r where ${conditionsOf(filter)} order by r.launched_at desc, r.id desc limit ${limit}),
      ran as materialized (
        select id, version, canonical::jsonb -> 'scope' ->> 'branch' as branch from charter
        where id in (select charter_id from page))
    select r.id, r.pilot_id as "pilotId", p.name as "pilotName", r.repository_id as "repositoryId", o.name as "repositoryName",
      c.branch, r.agent_id as "agentId", a.name as "agentName", a.driver,
      r.charter_id as "charterId", c.version as "charterVersion", r.charter_digest as "charterDigest", r.kind, r.title, r.status, r.reason,
      r.base_commit as "baseCommit", r.attempt, r.launched_by as "launchedBy",
      exists (select from lease l where l.run_id = r.id and l.ended_at is null) as "isHeld",
      coalesce(w.name, r.launched_by) as "launchedByName", r.launched_at as "launchedAt", r.started_at as "startedAt",
      r.review_opened_at as "reviewOpenedAt", r.ended_at as "endedAt"
    from page r
      join pilot p on p.id = r.pilot_id
      join repository o on o.id = r.repository_id
      join agent a on a.id = r.agent_id
      join ran c on c.id = r.charter_id
      left join person w on w.id = r.launched_by
    order by r.launched_at desc, r.id desc`;
}

export interface RunCount {
  readonly pilotId: string;
  readonly live: number;
  readonly paused: number;
  readonly ownPaused: number;
}

/** The newest by name and state alone. */
export async function selectRecent(
  db: Db,
  pilotIds: RunFilter["pilotIds"],
  limit: number,
  blind: string,
): Promise<RunName[]> {
  return db.$queryRaw<RunName[]>`
    select r.id, r.title, r.status from run r where ${conditionsOf({ pilotIds, blind })}
    order by r.launched_at desc, r.id desc limit ${limit}`;
}

/** Runs in these states by pilot, those that stand still among them, and those of them that this person launched. */
export async function countByPilot(
  db: Db,
  { pilotIds, statuses }: Pick<RunFilter, "pilotIds" | "statuses">,
  personId: string,
): Promise<RunCount[]> {
  return db.$queryRaw<RunCount[]>`
    select r.pilot_id as "pilotId", count(*)::int as live,
      (count(*) filter (where r.status = 'paused'))::int as paused,
      (count(*) filter (where r.status = 'paused' and r.launched_by = ${personId}))::int as "ownPaused"
    from run r where ${conditionsOf({ pilotIds, statuses })} group by r.pilot_id`;
}

export async function selectLeases(db: Db, runId: string): Promise<LeaseView[]> {
  return db.$queryRaw<LeaseView[]>`
    select l.id, l.attempt, l.phase, r.name as "runnerName", l.tier, l.granted_at as "grantedAt",
      l.ended_at as "endedAt", l.end_reason as "endReason"
    from lease l join runner r on r.id = l.runner_id where l.run_id = ${runId} order by l.attempt`;
}

interface RefusalRow {
  readonly pilotId: string;
  readonly agentId: string;
  readonly personId: string;
  readonly reason: string;
}

export async function insertRefusal(
  db: Db,
  refusal: RefusalRow & { readonly id: string; readonly at: Date },
): Promise<void> {
  await db.launchRefusal.create({ data: refusal });
}

/** Whether the same person was told the same of the same agent since. */
export async function wasRefusedSince(db: Db, refusal: RefusalRow, since: Date): Promise<boolean> {
  return (await db.launchRefusal.count({ where: { ...refusal, at: { gt: since } } })) > 0;
}

export async function selectRefusals(
  db: Db,
  pilotId: string,
  most: number,
): Promise<(RefusalRow & { readonly id: string; readonly at: Date; readonly agentName: string })[]> {
  return db.$queryRaw`
    select f.id, f.pilot_id as "pilotId", f.agent_id as "agentId", f.person_id as "personId", f.reason, f.at,
      coalesce(a.name, f.agent_id) as "agentName"
    from launch_refusal f left join agent a on a.id = f.agent_id
    where f.pilot_id = ${pilotId} order by f.at desc, f.id desc limit ${most}`;
}
