import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type {
  AttemptView,
  ComparedTask,
  ComparisonState,
  ComparisonView,
  Contestant,
  Verdict,
} from "./schema.ts";

export type ComparisonRow = Omit<Prisma.ComparisonGetPayload<object>, "state" | "tasks"> & {
  readonly state: ComparisonState;
  readonly tasks: readonly ComparedTask[];
};
export type AttemptRow = Omit<Prisma.ComparisonAttemptGetPayload<object>, "verdict"> & {
  readonly verdict: Verdict | null;
};

export async function insertComparison(
  db: Db,
  row: Prisma.ComparisonUncheckedCreateInput,
  attempts: readonly Prisma.ComparisonAttemptCreateManyInput[],
  reviewers: readonly string[],
): Promise<void> {
  await db.comparison.create({ data: row });
  await db.comparisonAttempt.createMany({ data: [...attempts] });
  await db.comparisonReviewer.createMany({
    data: reviewers.map((personId) => ({ comparisonId: row.id, personId })),
  });
}

const typed = (row: Prisma.ComparisonGetPayload<object> | null): ComparisonRow | null =>
  row as unknown as ComparisonRow | null;

export const findComparison = async (db: Db, id: string): Promise<ComparisonRow | null> =>
  typed(await db.comparison.findUnique({ where: { id } }));

/** The row, locked until the transaction ends. */
export async function lockComparison(db: Db, id: string): Promise<ComparisonRow | null> {
  await db.$queryRaw`select from comparison where id = ${id} for update`;
  return findComparison(db, id);
}

/** False when it is no longer in the expected state. */
export async function moveComparison(
  db: Db,
  id: string,
  from: ComparisonState,
  change: Prisma.ComparisonUncheckedUpdateManyInput,
): Promise<boolean> {
  const { count } = await db.comparison.updateMany({ where: { id, state: from }, data: change });
  return count === 1;
}

export const noteChosen = async (db: Db, id: string, chosenAt: Date): Promise<boolean> =>
  (await db.comparison.updateMany({ where: { id, chosenAt: null }, data: { chosenAt } })).count === 1;

export async function selectAttemptRows(db: Db, comparisonId: string): Promise<AttemptRow[]> {
  const rows = await db.comparisonAttempt.findMany({ where: { comparisonId }, orderBy: { place: "asc" } });
  return rows as AttemptRow[];
}

export async function updateAttempt(
  db: Db,
  where: Prisma.ComparisonAttemptWhereInput,
  data: Prisma.ComparisonAttemptUncheckedUpdateManyInput,
): Promise<boolean> {
  return (await db.comparisonAttempt.updateMany({ where, data })).count === 1;
}

export const isReviewer = async (db: Db, comparisonId: string, personId: string): Promise<boolean> =>
  (await db.comparisonReviewer.count({ where: { comparisonId, personId } })) > 0;

/** Runs of comparisons, but for those whose merge somebody asked for. */
export async function findHeld(db: Db, runIds: readonly string[]): Promise<string[]> {
  const rows = await db.comparisonAttempt.findMany({
    where: { runId: { in: [...runIds] }, chosen: false },
    select: { runId: true },
    orderBy: { place: "asc" },
  });
  return rows.flatMap(({ runId }) => runId ?? []);
}

const LATEST_VERDICT = Prisma.sql`(select e.verdict from evidence e where e.run_id = r.id order by e.created_at desc, e.id desc limit 1)`;
const IS_LIVE = Prisma.sql`r.status in ('queued', 'preparing', 'working', 'awaiting_decision', 'paused', 'verifying')`;

type ListRow = Omit<ComparisonView, "progress" | "reviewers" | "ceilingMicros"> &
  ComparisonView["progress"] & {
    readonly ceilingMicros: bigint;
    readonly reviewers: { id: string; name: string }[];
  };

/** Newest first, of pilots that may be seen. */
export async function selectComparisons(
  db: Db,
  visible: "all" | readonly string[],
  ids: readonly string[] | null,
): Promise<ComparisonView[]> {
  const seen = visible === "all" ? Prisma.sql`true` : Prisma.sql`c.pilot_id = any(${[...visible]})`;
  const named = ids === null ? Prisma.sql`true` : Prisma.sql`c.id = any(${[...ids]})`;
  const rows = await db.$queryRaw<ListRow[]>`
    select c.id, c.pilot_id as "pilotId", p.name as "pilotName", o.name as "repositoryName", c.title, c.state,
      c.base_commit as "baseCommit", c.charter_digest as "charterDigest", c.tasks, c.each,
      c.ceiling_micros as "ceilingMicros", c.created_by as "createdBy", coalesce(w.name, c.created_by) as "createdByName",
      c.created_at as "createdAt", c.started_at as "startedAt", c.closed_at as "closedAt",
      c.close_reason as "closeReason", c.chosen_at as "chosenAt", t.attempts, t.launched, t.running, t.waiting, t.judged,
      coalesce((select jsonb_agg(jsonb_build_object('id', v.person_id, 'name', coalesce(n.name, v.person_id)) order by n.name, v.person_id)
        from comparison_reviewer v left join person n on n.id = v.person_id where v.comparison_id = c.id), '[]') as reviewers
    from comparison c join pilot p on p.id = c.pilot_id join repository o on o.id = c.repository_id
      left join person w on w.id = c.created_by
      cross join lateral (
        select count(*)::int as attempts, count(a.run_id)::int as launched,
          (count(*) filter (where ${IS_LIVE}))::int as running,
          (count(*) filter (where r.status = 'in_review' and a.verdict is null and ${LATEST_VERDICT} = 'verified'))::int as waiting,
          count(a.verdict)::int as judged
        from comparison_attempt a left join run r on r.id = a.run_id where a.comparison_id = c.id) t
    where ${seen} and ${named} order by c.created_at desc, c.id desc limit 100`;
  return rows.map(({ attempts, launched, running, waiting, judged, ceilingMicros, ...row }) => ({
    ...row,
    ceilingMicros: Number(ceilingMicros),
    progress: { attempts, launched, running, waiting, judged },
  }));
}

export const selectContestants = (db: Db, agentIds: readonly string[]): Promise<Contestant[]> =>
  db.$queryRaw<Contestant[]>`
    select id as "agentId", name, model, driver from agent where id = any(${[...agentIds]}) order by name, id`;

/** Words by which a contestant may be known: its own names, its model, its provider's. */
export async function selectNames(db: Db, agentIds: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    select distinct v.name from agent a left join provider p on p.id = a.provider_id
      cross join lateral (values (a.name), (a.model), (p.name), (a.id)) v (name)
    where a.id = any(${[...agentIds]}) and v.name is not null order by v.name`;
  return rows.map(({ name }) => name);
}

type AttemptSums = Omit<AttemptView, "costMicros" | "milliseconds" | "deniedAsks" | "findings"> & {
  readonly costMicros: bigint;
  readonly milliseconds: number | null;
  readonly deniedAsks: number;
  readonly findings: number;
};

/** Attempts with what became of their runs. Calls that were not settled cost what was held back for them. */
export async function selectAttempts(db: Db, comparisonId: string): Promise<AttemptView[]> {
  const rows = await db.$queryRaw<AttemptSums[]>`
    select a.id, a.place, a.label, a.agent_id as "agentId", a.task, a.round, a.run_id as "runId", r.status,
      ${LATEST_VERDICT} as evidence, a.verdict, a.verdict_reason as "verdictReason",
      coalesce(w.name, a.judged_by) as "judgedByName", a.chosen as "isChosen",
      coalesce((select sum(coalesce(m.charged_micros, m.reserved_micros)) from model_call m where m.run_id = r.id), 0)::bigint as "costMicros",
      (extract(epoch from coalesce(r.review_opened_at, r.ended_at) - r.started_at) * 1000)::float8 as milliseconds,
      (select count(*) from run_ask k where k.run_id = r.id and k.status = 'declined')::int as "deniedAsks",
      (select count(*) from finding f where f.run_id = r.id and f.state <> 'dismissed')::int as findings
    from comparison_attempt a left join run r on r.id = a.run_id left join person w on w.id = a.judged_by
    where a.comparison_id = ${comparisonId} order by a.place`;
  return rows.map((row) => ({ ...row, costMicros: Number(row.costMicros) }));
}

export interface CallTime {
  readonly agentId: string;
  readonly inputTokens: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

/** Calls of a comparison's attempts, or of everything an agent ever did, that were answered. */
export async function selectCallTimes(db: Db, of: { readonly comparisonId: string }): Promise<CallTime[]> {
  return db.$queryRaw<CallTime[]>`
    select a.agent_id as "agentId", coalesce(m.input_tokens, m.context_tokens)::float8 as "inputTokens",
      (extract(epoch from m.first_token_at - m.opened_at) * 1000)::float8 as "firstTokenMs",
      (extract(epoch from m.settled_at - m.opened_at) * 1000)::float8 as "totalMs"
    from comparison_attempt a join model_call m on m.run_id = a.run_id
    where a.comparison_id = ${of.comparisonId} and m.state = 'done'
    order by m.opened_at, m.id`;
}

/** Of the newest evidence about a run; null where there is none. */
export async function latestVerdict(db: Db, runId: string): Promise<string | null> {
  const row = await db.evidence.findFirst({
    where: { runId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { verdict: true },
  });
  return row?.verdict ?? null;
}
