// Payloads of calls with the salts they are committed to with: what a bundle shows.
import type { Db } from "../db.ts";

/** Both null once it was taken away. */
export interface Said {
  readonly salt: Uint8Array | null;
  readonly bytes: Uint8Array | null;
}

export async function findTask(db: Db, runId: string): Promise<Said | null> {
  const run = await db.run.findUnique({ where: { id: runId }, select: { task: true, taskSalt: true } });
  return run ? { salt: run.taskSalt, bytes: run.task === null ? null : Buffer.from(run.task, "utf8") } : null;
}

export async function findResponse(db: Db, callId: string): Promise<Said | null> {
  return db.modelOutput.findUnique({ where: { callId }, select: { salt: true, bytes: true } });
}

export interface ItemRow extends Said {
  readonly commitment: Uint8Array;
  /** This call brought it. */
  readonly isFirst: boolean;
}

/** The head first, then the items in order; with the bytes of those that earlier calls brought, or without. */
export async function selectRequestItems(db: Db, callId: string, withEarlier: boolean): Promise<ItemRow[]> {
  return db.$queryRaw<ItemRow[]>`
    select i.commitment, i.first_call = c.id as "isFirst", i.salt,
      case when ${withEarlier} or i.first_call = c.id then i.bytes end as bytes
    from model_call c
      cross join unnest(array_prepend(c.head_item, c.items)) with ordinality as p (item, place)
      join model_item i on i.id = p.item
    where c.id = ${callId} order by p.place`;
}
