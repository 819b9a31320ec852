import type { Db } from "../../db.ts";
import type { Fetched, FetchForWork, FetchView } from "./schema.ts";

export interface FetchRow {
  readonly id: string;
  readonly repositoryId: string;
  readonly kind: Fetched;
  readonly since: Date;
  readonly until: Date;
  readonly askedBy: string;
  readonly askedAt: Date;
}

export async function insertFetch(db: Db, row: FetchRow): Promise<void> {
  await db.outsideFetch.create({ data: row });
  await db.outsideFetchProgress.create({
    data: { fetchId: row.id, state: "queued", seenAt: row.askedAt },
  });
}

/** Whether one of this kind is not over yet. */
export async function isFetching(db: Db, repositoryId: string, kind: Fetched): Promise<boolean> {
  const [row] = await db.$queryRaw<unknown[]>`
    select from outside_fetch f join outside_fetch_progress p on p.fetch_id = f.id
    where f.repository_id = ${repositoryId} and f.kind = ${kind} and p.state in ('queued', 'running', 'waiting')
    limit 1`;
  return row !== undefined;
}

/** The next one that is due, taken until `heldUntil`: whoever holds it then was cut off. */
export async function claimFetch(db: Db, now: Date, heldUntil: Date): Promise<FetchForWork | null> {
  const [row] = await db.$queryRaw<FetchForWork[]>`
    update outside_fetch_progress p set state = 'running', next_at = ${heldUntil}, seen_at = ${now}
    from outside_fetch f
    where f.id = p.fetch_id and p.fetch_id = (
      select fetch_id from outside_fetch_progress
      where state in ('queued', 'running', 'waiting') and (next_at is null or next_at <= ${now})
      order by seen_at, fetch_id for update skip locked limit 1)
    returning f.id, f.repository_id as "repositoryId", f.kind, f.since, f.until, f.asked_by as "askedBy", p.page, p.tries`;
  return row ?? null;
}

export interface Progress {
  readonly state: "queued" | "waiting" | "done" | "failed";
  readonly page: number;
  readonly taken: number;
  readonly passedOver: number;
  readonly tries: number;
  readonly problem: string | null;
  readonly nextAt: Date | null;
  readonly seenAt: Date;
}

/** Only from the page it was claimed at: whoever was slower than its claim changes nothing. */
export async function updateProgress(db: Db, of: FetchForWork, to: Progress): Promise<boolean> {
  const updated = await db.$executeRaw`
    update outside_fetch_progress set state = ${to.state}, page = ${to.page},
      rows_taken = rows_taken + ${to.taken}, rows_passed_over = rows_passed_over + ${to.passedOver},
      tries = ${to.tries}, problem = ${to.problem}, next_at = ${to.nextAt}, seen_at = ${to.seenAt}
    where fetch_id = ${of.id} and state = 'running' and page = ${of.page} and tries = ${of.tries}`;
  return updated > 0;
}

export type ListedFetch = Omit<FetchView, "askedByName"> & { readonly askedBy: string };

export async function selectFetches(db: Db, most: number): Promise<ListedFetch[]> {
  return db.$queryRaw`
    select f.id, f.repository_id as "repositoryId", r.name as "repositoryName", f.kind, f.since, f.until, p.state,
      p.rows_taken as "rowsTaken", p.rows_passed_over as "rowsPassedOver", p.problem, p.next_at as "nextAt",
      f.asked_by as "askedBy", f.asked_at as "askedAt"
    from outside_fetch f join outside_fetch_progress p on p.fetch_id = f.id
    join repository r on r.id = f.repository_id
    order by f.asked_at desc, f.id desc limit ${most}`;
}
