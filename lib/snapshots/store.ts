import type { Db } from "../db.ts";
import type { SnapshotView } from "./schema.ts";

export interface SnapshotRow {
  readonly blobId: string;
  readonly runId: string;
  readonly attempt: number;
  readonly native: string;
  readonly driver: string;
  readonly turn: number;
  readonly tree: string;
  readonly baseCommit: string;
  readonly why: string;
  readonly at: Date;
}

/** False when it was noted before. */
export async function insertSnapshot(db: Db, row: SnapshotRow): Promise<boolean> {
  const { count } = await db.runSnapshot.createMany({ data: [row], skipDuplicates: true });
  return count === 1;
}

export interface SnapshotBlob {
  readonly id: string;
  readonly commitment: string;
  readonly sha256: string;
  readonly size: bigint;
}

/** The bytes that were uploaded for a run since a time, and are still there. */
export async function findUpload(
  db: Db,
  runId: string,
  blobId: string,
  since: Date,
): Promise<SnapshotBlob | null> {
  return db.blob.findFirst({
    where: { id: blobId, runId, kind: "snapshot", deletedAt: null, createdAt: { gte: since } },
    select: { id: true, commitment: true, sha256: true, size: true },
  });
}

export type Newest = SnapshotRow & { readonly sha256: string; readonly size: bigint };

/** The newest whose bytes are there, of the same work: same program, same base. */
export async function findNewest(
  db: Db,
  runId: string,
  driver: string,
  baseCommit: string,
): Promise<Newest | null> {
  const [row] = await db.$queryRaw<Newest[]>`
    select s.blob_id as "blobId", s.run_id as "runId", s.attempt, s.native, s.driver, s.turn, s.tree,
      s.base_commit as "baseCommit", s.why, s.at, b.sha256, b.size
    from run_snapshot s join blob b on b.id = s.blob_id
    where s.run_id = ${runId} and s.driver = ${driver} and s.base_commit = ${baseCommit} and b.deleted_at is null
    order by s.attempt desc, s.at desc, s.blob_id desc limit 1`;
  return row ?? null;
}

export async function countKept(db: Db, runId: string): Promise<number> {
  return db.blob.count({ where: { runId, kind: "snapshot", deletedAt: null } });
}

export async function countUploads(db: Db, runId: string, since: Date): Promise<number> {
  return db.blob.count({ where: { runId, kind: "snapshot", createdAt: { gte: since } } });
}

export async function selectViews(db: Db, runId: string): Promise<SnapshotView[]> {
  const rows = await db.$queryRaw<(Omit<SnapshotView, "bytes"> & { readonly bytes: bigint })[]>`
    select s.blob_id as "blobId", s.attempt, s.driver, s.turn, s.tree, s.why, s.at, b.size as bytes,
      b.deleted_at is null as "isKept"
    from run_snapshot s join blob b on b.id = s.blob_id
    where s.run_id = ${runId} order by s.attempt desc, s.at desc, s.blob_id desc limit 200`;
  return rows.map(({ bytes, ...row }) => ({ ...row, bytes: Number(bytes) }));
}

export interface Dropping {
  readonly runId: string;
  readonly charterDigest: string;
  readonly blobs: string[];
}

/**
 * Bytes that nothing is taken up from any more: all of runs that ended, else all but the newest of each run. What was
 * uploaded after `settled` and is not noted yet may still be. Under a legal hold a run that ended keeps its two.
 */
export async function selectDroppable(
  db: Db,
  keep: number,
  settled: Date,
  ended: readonly string[],
  runId: string | null,
): Promise<Dropping[]> {
  return db.$queryRaw<Dropping[]>`
    select r.id as "runId", r.charter_digest as "charterDigest", array_agg(b.id order by b.id) as blobs
    from blob b join run r on r.id = b.run_id left join retention t on t.pilot_id = r.pilot_id
      left join lateral (
        select n from (
          select s.blob_id, row_number() over (order by s.attempt desc, s.at desc, s.blob_id desc) as n
          from run_snapshot s join blob k on k.id = s.blob_id
          where s.run_id = r.id and k.deleted_at is null) ranked
        where ranked.blob_id = b.id) place on true
    where b.kind = 'snapshot' and b.deleted_at is null
      and (${runId}::text is null or r.id = ${runId})
      and ((r.status = any(${[...ended]}) and not coalesce(t.is_held, false))
        or place.n > ${keep}
        or (place.n is null and b.created_at < ${settled}))
    group by r.id, r.charter_digest order by r.id limit 50`;
}

/** The plain digest goes as well: it would be a hint of what was in it. */
export async function markDropped(db: Db, runId: string, blobs: readonly string[], at: Date): Promise<void> {
  await db.blob.updateMany({
    where: { runId, id: { in: [...blobs] }, kind: "snapshot", deletedAt: null },
    data: { salt: null, sha256: "", deletedAt: at },
  });
}

/** Names an agent's program gave its sessions. */
export async function clearNatives(db: Db, runId: string, text: string): Promise<void> {
  await db.runSnapshot.updateMany({ where: { runId }, data: { native: text } });
}
