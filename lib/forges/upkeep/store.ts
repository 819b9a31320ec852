import type { Db } from "../../db.ts";

export interface TokenRow {
  readonly connectionId: string;
  readonly repositoryName: string;
  readonly expiresAt: Date;
  readonly isOver: boolean;
  /** The step that people were told of last. */
  readonly toldDays: number | null;
}

/** That end before then, and those that were ended after people had been told. */
export async function selectTokens(db: Db, before: Date): Promise<TokenRow[]> {
  return db.$queryRaw`
    select c.id as "connectionId", r.name as "repositoryName", c.expires_at as "expiresAt",
      c.ended_at is not null as "isOver", l.told_days as "toldDays"
    from forge_connection c join repository r on r.id = c.repository_id
      left join forge_look l on l.connection_id = c.id
    where c.kind = 'token' and c.expires_at is not null
      and case when c.ended_at is null then c.expires_at <= ${before} else l.told_days is not null end
    order by c.id limit 500`;
}

/** False where somebody else told of it first. */
export async function moveTold(
  db: Db,
  connectionId: string,
  from: number | null,
  to: number | null,
): Promise<boolean> {
  const moved = await db.$executeRaw`
    insert into forge_look as l (connection_id, told_days) values (${connectionId}, ${to})
    on conflict (connection_id) do update set told_days = excluded.told_days
      where l.told_days is not distinct from ${from}::integer`;
  return moved > 0;
}

export async function deleteDeliveries(db: Db, before: Date, most: number): Promise<number> {
  return db.$executeRaw`
    delete from forge_delivery where ctid = any(array(
      select ctid from forge_delivery where taken_at < ${before} limit ${most}
    ))`;
}
