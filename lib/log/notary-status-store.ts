import type { Db } from "../db.ts";
import type { WitnessView } from "./schema.ts";

export interface AlarmRow {
  readonly kind: string;
  readonly detail: string;
  readonly since: Date;
}

export async function selectAlarms(db: Db): Promise<AlarmRow[]> {
  return db.notaryAlarm.findMany({ orderBy: [{ since: "asc" }, { kind: "asc" }] });
}

export async function selectWitnesses(db: Db): Promise<WitnessView[]> {
  const rows = await db.logWitness.findMany({ orderBy: { name: "asc" } });
  return rows.map(({ name, size, cosignedAt, refusal, refusedAt }) => ({
    name,
    size: size === null ? null : Number(size),
    cosignedAt,
    refusal,
    refusedAt,
  }));
}

export interface EpochRow {
  readonly epoch: number;
  readonly origin: string;
  readonly startedAt: Date;
}

export async function findEpoch(db: Db): Promise<EpochRow | null> {
  return db.logEpoch.findFirst({ orderBy: { epoch: "desc" } });
}

export async function findIndexed(db: Db): Promise<number> {
  const row = await db.logIndexCursor.findUnique({ where: { id: 1 } });
  return Number(row?.position ?? 0);
}

export interface BriefRow {
  readonly entries: number;
  readonly hasAlarm: boolean;
  readonly witnessedAt: Date | null;
}

/** In one statement: every page asks for it. */
export async function selectBrief(db: Db): Promise<BriefRow> {
  const [row] = await db.$queryRaw<(Omit<BriefRow, "entries"> & { entries: bigint })[]>`
    select coalesce((select position from log_leaf order by position desc limit 1) + 1, 0)::bigint as entries,
      exists (select from notary_alarm) as "hasAlarm",
      (select max(cosigned_at) from log_witness) as "witnessedAt"`;
  return { hasAlarm: false, witnessedAt: null, ...row, entries: Number(row?.entries ?? 0) };
}

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
