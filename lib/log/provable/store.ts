import type { Db } from "../../db.ts";

export interface NumberedEntry {
  readonly id: string;
  readonly index: number;
  readonly body: Uint8Array;
}

/** When the first checkpoint was signed that an entry of the kind about the subject is under; null where there is none yet. */
export async function findFirstSigned(db: Db, kind: string, subject: string): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ signedAt: Date }[]>`
    select c.signed_at as "signedAt" from log_entry e join log_leaf l on l.entry_id = e.id
      join log_checkpoint c on c.epoch = l.epoch and c.size > l.index
    where e.kind = ${kind} and e.about @> array[${subject}::text] order by c.epoch, c.size limit 1`;
  return row?.signedAt ?? null;
}

/** The last entry of an epoch below a tree's size; null where there is none. */
export async function findNewestUnder(db: Db, epoch: number, size: number): Promise<NumberedEntry | null> {
  const [row] = await db.$queryRaw<{ id: string; index: bigint; body: Uint8Array }[]>`
    select e.id, l.index, e.body from log_leaf l join log_entry e on e.id = l.entry_id
    where l.epoch = ${epoch} and l.index < ${size}::bigint order by l.index desc limit 1`;
  return row ? { ...row, index: Number(row.index) } : null;
}
