import type { Db } from "../db.ts";
import type { Follower, FollowerFault } from "./schema.ts";

/** Counts one try more. Returns how many there were. */
export async function countTry(
  db: Db,
  { follower, position, error }: Omit<FollowerFault, "since">,
): Promise<number> {
  const rows = await db.$queryRaw<{ tries: number }[]>`
    insert into follower_fault as f (follower, position, tries, error, since)
    values (${follower}, ${position}, 1, ${error}, now())
    on conflict (follower, position) do update set tries = f.tries + 1, error = excluded.error
    returning tries`;
  return rows[0]?.tries ?? 1;
}

export async function markSkipped(
  db: Db,
  follower: Follower,
  positions: readonly number[],
  error: string,
): Promise<void> {
  await db.$executeRaw`
    insert into follower_fault as f (follower, position, tries, error, since, skipped_at)
    select ${follower}, position, 1, ${error}, now(), now() from unnest(${[...positions]}::bigint[]) as p (position)
    on conflict (follower, position) do update set error = excluded.error, skipped_at = excluded.skipped_at`;
}

/** What was tried again and went well. */
export async function forgetTries(db: Db, follower: Follower, before: number): Promise<void> {
  await db.$executeRaw`
    delete from follower_fault where follower = ${follower} and position < ${before} and skipped_at is null`;
}

export async function forgetFaults(
  db: Db,
  follower: Follower,
  positions: readonly number[] | "all",
): Promise<void> {
  const where = positions === "all" ? {} : { position: { in: positions.map(BigInt) } };
  await db.followerFault.deleteMany({ where: { follower, ...where } });
}

export async function selectSkipped(db: Db, follower: Follower, limit: number): Promise<FollowerFault[]> {
  const rows = await db.followerFault.findMany({
    where: { follower, skippedAt: { not: null } },
    orderBy: { position: "asc" },
    take: limit,
  });
  return rows.map(({ position, error, since }) => ({ follower, position: Number(position), error, since }));
}

export async function countSkipped(db: Db, follower: Follower): Promise<number> {
  return db.followerFault.count({ where: { follower, skippedAt: { not: null } } });
}

/** Whether anything was skipped, or somebody is behind for longer. */
export async function hasFault(db: Db, seconds: number): Promise<boolean> {
  const [row] = await db.$queryRaw<{ found: boolean }[]>`
    select exists (select from follower_fault where skipped_at is not null)
      or exists (select from log_leaf l where l.at < now() - make_interval(secs => ${seconds})
        and l.position in (select position from finding_cursor union all select position from log_index_cursor)) as found`;
  return row?.found ?? false;
}

export interface Behind {
  readonly follower: Follower;
  readonly entries: number;
  /** Of the oldest entry that was not looked at. */
  readonly since: Date;
}

/** Followers whose next entry waits for longer, by the database's clock. */
export async function selectBehind(db: Db, seconds: number): Promise<Behind[]> {
  return db.$queryRaw<Behind[]>`
    select c.follower, l.at as since, ((select max(position) from log_leaf) - c.position + 1)::int as entries
    from (select 'findings' as follower, position from finding_cursor
      union all select 'log_index', position from log_index_cursor) c
    join log_leaf l on l.position = c.position
    where l.at < now() - make_interval(secs => ${seconds}) order by c.follower`;
}
