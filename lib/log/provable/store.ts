import type { Db } from "../../db.ts";

export interface NumberedEntry {
  readonly id: string;
  readonly index: number;
  readonly body: Uint8Array;
}

/** The last entry of an epoch below a tree's size; null where there is none. */
export async function findNewestUnder(db: Db, epoch: number, size: number): Promise<NumberedEntry | null> {
  const [row] = await db.$queryRaw<{ id: string; index: bigint; body: Uint8Array }[]>`
    select e.id, l.index, e.body from log_leaf l join log_entry e on e.id = l.entry_id
    where l.epoch = ${epoch} and l.index < ${size}::bigint order by l.index desc limit 1`;
  return row ? { ...row, index: Number(row.index) } : null;
}
