import type { Db } from "../../db.ts";

export interface EpochListRow {
  readonly epoch: number;
  readonly origin: string;
  readonly startedAt: Date;
  /** Of the newest checkpoint. */
  readonly size: number | null;
  /** Its first entry. */
  readonly entryId: string | null;
  readonly body: Uint8Array | null;
}

/** Newest first. */
export async function selectEpochs(db: Db, limit: number): Promise<EpochListRow[]> {
  const rows = await db.$queryRaw<(Omit<EpochListRow, "size"> & { size: bigint | null })[]>`
    select p.epoch, p.origin, p.started_at as "startedAt", e.id as "entryId", e.body,
      (select max(c.size) from log_checkpoint c where c.epoch = p.epoch) as size
    from log_epoch p left join log_leaf l on l.epoch = p.epoch and l.index = 0
      left join log_entry e on e.id = l.entry_id
    order by p.epoch desc limit ${limit}`;
  return rows.map((row) => ({ ...row, size: row.size === null ? null : Number(row.size) }));
}
