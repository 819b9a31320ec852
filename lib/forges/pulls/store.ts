import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";
import type { PullStep, PullView } from "../connections/schema.ts";

export interface PullSeen {
  readonly mergeId: string;
  readonly runId: string;
  readonly repositoryId: string;
  /** Left as it was known where it is undefined. */
  readonly pull?: { readonly number: number; readonly url: string; readonly step: PullStep } | undefined;
  readonly problem: string | null;
  /** Of a problem after which nothing is tried again: null. */
  readonly nextAt: Date | null;
  readonly at: Date;
}

export interface PullTries {
  readonly step: PullStep;
  readonly tries: number;
}

export async function findTries(db: Db, mergeId: string): Promise<PullTries | null> {
  const [row] = await db.$queryRaw<PullTries[]>`
    select step, case when problem is null and next_at is null then 0 else tries end as tries
    from forge_pull where merge_id = ${mergeId}`;
  return row ?? null;
}

/** A try that failed counts. */
export async function upsertPull(db: Db, seen: PullSeen): Promise<void> {
  const { mergeId, runId, repositoryId, pull, problem, nextAt, at } = seen;
  const [number, url, step] = [pull?.number ?? null, pull?.url ?? null, pull?.step ?? null];
  const failed = problem === null ? 0 : 1;
  await db.$executeRaw`
    insert into forge_pull (merge_id, run_id, repository_id, number, url, step, problem, next_at, seen_at)
    values (${mergeId}, ${runId}, ${repositoryId}, ${number}, ${url}, coalesce(${step}, 'queued'), ${problem},
      ${nextAt}, ${at})
    on conflict (merge_id) do update
      set number = coalesce(excluded.number, forge_pull.number), url = coalesce(excluded.url, forge_pull.url),
        step = coalesce(${step}, forge_pull.step), problem = excluded.problem, seen_at = excluded.seen_at,
        next_at = excluded.next_at, tries = forge_pull.tries + ${failed}`;
}

/** Of merges that are tried again later than now. */
export async function selectLater(db: Db, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw<
    { id: string }[]
  >`select merge_id as id from forge_pull where next_at > ${now}`;
  return rows.map(({ id }) => id);
}

export interface PullAsked {
  readonly number: number;
  readonly step: PullStep;
  readonly address: string;
}

/** The pull request that was opened of a merge, wherever it stood as far as is known. */
export async function findAsked(db: Db, mergeId: string): Promise<PullAsked | null> {
  const [row] = await db.$queryRaw<PullAsked[]>`
    select p.number, p.step, c.address from forge_pull p
      join lateral (
        select address from forge_connection where repository_id = p.repository_id
        order by ended_at is null desc, connected_at desc limit 1
      ) c on true
    where p.merge_id = ${mergeId} and p.number is not null`;
  return row ?? null;
}

/** Where a repository was connected last, on its forge; null where it never was. */
export async function findLastAddress(db: Db, repositoryId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ address: string }[]>`
    select address from forge_connection where repository_id = ${repositoryId}
    order by ended_at is null desc, connected_at desc limit 1`;
  return row?.address ?? null;
}

/** Approved merges that a forge was asked for and did not settle. */
export async function selectAsked(db: Db, repositoryId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select m.id from forge_pull p join merge m on m.id = p.merge_id
    where p.repository_id = ${repositoryId} and m.state = 'intent' order by m.id`;
  return rows.map(({ id }) => id);
}

export interface PullRow extends Omit<PullView, "url"> {
  readonly repositoryId: string;
  /** Of the repository on its forge, as somebody connected it last. */
  readonly address: string;
}

/** With merges that no worker took to the forge yet. `seen_at` of those: when they were decided. */
const PULLS = Prisma.sql`
  select m.id as "mergeId", m.run_id as "runId", r.repository_id as "repositoryId", p.number,
    coalesce(p.step, 'queued') as step, p.problem, coalesce(p.tries, 0) as tries,
    coalesce(p.seen_at, m.created_at) as "seenAt", p.next_at as "nextAt", c.address
  from merge m join run r on r.id = m.run_id left join forge_pull p on p.merge_id = m.id
    join lateral (
      select address, ended_at from forge_connection where repository_id = r.repository_id
      order by ended_at is null desc, connected_at desc limit 1
    ) c on p.merge_id is not null or (m.state = 'intent' and c.ended_at is null)`;

export const selectPullsOfRun = (db: Db, runId: string): Promise<PullRow[]> =>
  db.$queryRaw`${PULLS} where m.run_id = ${runId} order by m.created_at desc limit 20`;

/** Of merges that are not settled. */
export async function selectOpenPulls(db: Db, pilotIds: "all" | readonly string[]): Promise<PullRow[]> {
  const seen = pilotIds === "all" ? Prisma.sql`true` : Prisma.sql`r.pilot_id = any(${[...pilotIds]})`;
  return db.$queryRaw`${PULLS} where m.state = 'intent' and ${seen} order by m.id`;
}
