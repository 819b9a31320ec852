import type { Db } from "../../db.ts";
import type { HoldVerdict } from "./schema.ts";

export interface HoldRow {
  readonly repositoryId: string;
  readonly connectionId: string;
  readonly branch: string;
  readonly verdict: HoldVerdict;
  readonly held: boolean;
  /** As stored: parsed by whoever reads it. */
  readonly seen: unknown;
  readonly changedAt: Date;
}

/** Locked until the transaction ends, with the repository, so that two readings do not pass each other. */
export async function lockHold(db: Db, repositoryId: string): Promise<HoldRow | null> {
  await db.$queryRaw`select from repository where id = ${repositoryId} for update`;
  const [row] = await db.$queryRaw<HoldRow[]>`
    select repository_id as "repositoryId", connection_id as "connectionId", branch, verdict, held, seen,
      changed_at as "changedAt"
    from forge_rules where repository_id = ${repositoryId}`;
  return row ?? null;
}

export async function upsertHold(db: Db, row: HoldRow): Promise<void> {
  const { repositoryId, connectionId, branch, verdict, held, changedAt } = row;
  const seen = row.seen === null ? null : JSON.stringify(row.seen);
  await db.$executeRaw`
    insert into forge_rules (repository_id, connection_id, branch, verdict, held, seen, changed_at)
    values (${repositoryId}, ${connectionId}, ${branch}, ${verdict}, ${held}, ${seen}::jsonb, ${changedAt})
    on conflict (repository_id) do update set connection_id = excluded.connection_id, branch = excluded.branch,
      verdict = excluded.verdict, held = excluded.held, seen = excluded.seen, changed_at = excluded.changed_at`;
}

export interface Look {
  readonly connectionId: string;
  /** What kept it from coming to anything; null where it came to something. */
  readonly problem: string | null;
  /** The forge says that what was looked at is gone for good. */
  readonly isGone: boolean;
  readonly at: Date;
}

/** When the connection read the rules last, or was made where it never did. */
export async function upsertLook(db: Db, { connectionId, problem, isGone, at }: Look): Promise<Date> {
  const readAt = problem === null ? at : null;
  const [row] = await db.$queryRaw<{ since: Date }[]>`
    insert into forge_look as l (connection_id, looked_at, problem, read_at, gone)
    values (${connectionId}, ${at}, ${problem}, ${readAt}, ${isGone})
    on conflict (connection_id) do update set looked_at = excluded.looked_at, problem = excluded.problem,
      read_at = coalesce(excluded.read_at, l.read_at), gone = excluded.gone
    returning coalesce(l.read_at, (select connected_at from forge_connection where id = l.connection_id)) as since`;
  if (!row) throw new Error("The look was not written.");
  return row.since;
}

/**
 * Repositories whose rules were read by no connection that stands, or not since then, and whose branch is known. One that is
 * gone is looked at again when somebody asks.
 */
export async function selectDueLooks(db: Db, before: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select c.repository_id as id from forge_connection c join repository r on r.id = c.repository_id
      left join forge_look l on l.connection_id = c.id
    where c.ended_at is null and r.branch is not null and (l.looked_at is null or l.looked_at <= ${before})
      and l.gone is not true
    order by c.id`;
  return rows.map(({ id }) => id);
}

/** `verdict` and what goes with it are null where nothing was read yet. */
export interface HoldListed {
  readonly connectionId: string;
  readonly branch: string | null;
  readonly verdict: HoldVerdict | null;
  /** As stored. */
  readonly seen: unknown;
  readonly changedAt: Date | null;
  /** When the connection that stands read them last, or was made where it never did. */
  readonly since: Date;
  readonly lookedAt: Date | null;
  readonly problem: string | null;
}

/** Of connections that stand. */
export async function selectHolds(db: Db): Promise<HoldListed[]> {
  return db.$queryRaw`
    select c.id as "connectionId", h.branch, h.verdict, h.seen, h.changed_at as "changedAt",
      coalesce(l.read_at, c.connected_at) as since, l.looked_at as "lookedAt", l.problem
    from forge_connection c left join forge_rules h on h.repository_id = c.repository_id
      left join forge_look l on l.connection_id = c.id
    where c.ended_at is null order by c.id`;
}
