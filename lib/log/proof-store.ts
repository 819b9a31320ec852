import type { Db } from "../db.ts";

export interface LeafRow {
  readonly epoch: number;
  readonly index: number;
  readonly hash: Buffer;
  readonly origin: string;
}

/** Where the notary put an entry; null while it is not numbered. */
export async function findLeaf(db: Db, entryId: string): Promise<LeafRow | null> {
  const [row] = await db.$queryRaw<{ epoch: number; index: bigint; hash: Uint8Array; origin: string }[]>`
    select l.epoch, l.index, l.hash, e.origin from log_leaf l join log_epoch e on e.epoch = l.epoch
    where l.entry_id = ${entryId}`;
  return row ? { ...row, index: Number(row.index), hash: Buffer.from(row.hash) } : null;
}

export interface CheckpointRow {
  readonly epoch: number;
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly signedAt: Date;
}

/** The newest checkpoint of an epoch, or with null of the newest epoch. */
export async function findCheckpoint(db: Db, epoch: number | null): Promise<CheckpointRow | null> {
  const row = await db.logCheckpoint.findFirst({
    ...(epoch === null ? {} : { where: { epoch } }),
    orderBy: [{ epoch: "desc" }, { size: "desc" }],
  });
  const named = row ? await db.logEpoch.findUnique({ where: { epoch: row.epoch } }) : null;
  if (!row || !named) return null;
  const { note, signedAt } = row;
  return {
    epoch: row.epoch,
    origin: named.origin,
    size: Number(row.size),
    root: Buffer.from(row.root),
    note,
    signedAt,
  };
}
