// Exports, and the entries they consist of.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { Subject } from "../record/schema.ts";

export type ExportRow = Omit<Prisma.LogExportGetPayload<object>, "size"> & { readonly size: number };

export async function insertExport(db: Db, row: ExportRow): Promise<void> {
  await db.logExport.create({ data: row });
}

export async function findExport(db: Db, exportId: string): Promise<ExportRow | null> {
  const row = await db.logExport.findUnique({ where: { id: exportId } });
  return row ? { ...row, size: Number(row.size) } : null;
}

/** Newest first. */
export async function selectExports(db: Db, personId: string, limit: number): Promise<ExportRow[]> {
  const rows = await db.logExport.findMany({
    where: { personId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

export interface RedactionCount {
  /** Orders, and those carried out: it moves with each. */
  readonly all: number;
  /** Ordered and not done, and not kept from it by a legal hold. */
  readonly active: number;
}

/** Redactions of a run, of a pilot's runs, or with two nulls of all. */
export async function countRedactions(
  db: Db,
  pilotId: string | null,
  runId: string | null,
): Promise<RedactionCount> {
  const [row] = await db.$queryRaw<{ all: bigint; active: bigint }[]>`
    select count(*) + count(d.finished_at) as all,
      count(*) filter (where d.finished_at is null and not coalesce(h.is_held, false)) as active
    from redaction d join run r on r.id = d.run_id left join retention h on h.pilot_id = r.pilot_id
    where (${pilotId}::text is null or r.pilot_id = ${pilotId}) and (${runId}::text is null or r.id = ${runId})`;
  return { all: Number(row?.all ?? 0), active: Number(row?.active ?? 0) };
}

export interface LeafEntry {
  readonly index: number;
  /** When the database wrote it down; no part of the entry's bytes. */
  readonly at: Date;
  /** Null where the database has lost the entry. */
  readonly about: readonly Subject[] | null;
  readonly body: Uint8Array | null;
}

interface LeafRow {
  readonly index: bigint;
  readonly at: Date;
  readonly entry_id: string;
}

/**
 * The entries by their ids in a statement of its own: joined, a planner without fresh statistics reads the whole record
 * for every page (on two cores at a load of 20: 7,700 entries/s by ids, 4,400 joined).
 */
async function withEntries(db: Db, leaves: readonly LeafRow[]): Promise<LeafEntry[]> {
  const rows = await db.$queryRaw<{ id: string; about: Subject[]; body: Uint8Array }[]>`
    select id, about, body from log_entry where id = any(${leaves.map((leaf) => leaf.entry_id)})`;
  const entries = new Map(rows.map((row) => [row.id, row]));
  return leaves.map(({ index, at, entry_id }) => {
    const { about = null, body = null } = entries.get(entry_id) ?? {};
    return { index: Number(index), at, about, body };
  });
}

/** The leaves `from` up to but not including `to`. */
export async function selectLeaves(db: Db, epoch: number, from: number, to: number): Promise<LeafEntry[]> {
  const leaves = await db.$queryRaw<LeafRow[]>`
    select index, at, entry_id from log_leaf
    where epoch = ${epoch} and index >= ${from} and index < ${to} order by index`;
  return withEntries(db, leaves);
}

export async function selectLeavesAt(
  db: Db,
  epoch: number,
  indexes: readonly number[],
): Promise<LeafEntry[]> {
  const leaves = await db.$queryRaw<LeafRow[]>`
    select index, at, entry_id from log_leaf
    where epoch = ${epoch} and index = any(${[...indexes]}::bigint[]) order by index`;
  return withEntries(db, leaves);
}

/**
 * Indexes below `size` of the entries about any of the subjects; with kinds, of those kinds only. By the index of
 * terms, and beyond where that has come to, by looking.
 */
export async function selectIndexesAbout(
  db: Db,
  { epoch, size }: { readonly epoch: number; readonly size: number },
  subjects: readonly string[],
  kinds: readonly string[] | null,
): Promise<number[]> {
  const rows = await db.$queryRaw<{ index: bigint }[]>`
    with cursor as (select position from log_index_cursor where id = 1),
    found as (
      select position from log_term
      where term = any(${[...subjects]}) and position < (select position from cursor)
      union
      select l.position from log_leaf l join log_entry e on e.id = l.entry_id
      where l.position >= (select position from cursor) and e.about && ${[...subjects]}
    )
    select l.index from found join log_leaf l on l.position = found.position
      left join log_entry e on e.id = l.entry_id
    where l.epoch = ${epoch} and l.index < ${size}
      and (${kinds === null} or e.kind = any(${[...(kinds ?? [])]}))
    order by l.index`;
  return rows.map(({ index }) => Number(index));
}

/** Indexes below `size` of the entries of some kinds about a subject; for kinds that are rare. */
export async function selectIndexesOfKinds(
  db: Db,
  { epoch, size }: { readonly epoch: number; readonly size: number },
  kinds: readonly string[],
  subject: Subject,
): Promise<number[]> {
  const rows = await db.$queryRaw<{ index: bigint }[]>`
    with cursor as (select position from log_index_cursor where id = 1),
    found as (
      select position from log_term
      where term = any(${kinds.map((kind) => `kind:${kind}`)}) and position < (select position from cursor)
      union
      select l.position from log_leaf l join log_entry e on e.id = l.entry_id
      where l.position >= (select position from cursor) and e.kind = any(${[...kinds]})
    )
    select l.index from found join log_leaf l on l.position = found.position
      join log_entry e on e.id = l.entry_id
    where l.epoch = ${epoch} and l.index < ${size} and e.about @> array[${subject}]
    order by l.index`;
  return rows.map(({ index }) => Number(index));
}

/** Gates at which a charter version was to become active. */
export async function selectCharterGates(db: Db, charterId: string): Promise<string[]> {
  const gates = await db.gate.findMany({
    where: { charterId, kind: { in: ["activate", "amend"] } },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  return gates.map(({ id }) => id);
}

/** What is exported: a pilot, a run, or with two nulls everything. */
export interface Covered {
  readonly pilotId: string | null;
  readonly runId: string | null;
}

/** Where the log stood when it was signed. */
export interface SignedPlace {
  readonly epoch: number;
  readonly size: number;
}

/**
 * An entry is the last statement of its transaction, so one without a number follows close behind those that have one;
 * this many sequence numbers before them are looked at all the same.
 */
const OVERTAKEN = 10_000;

/** Runs of which payloads were taken away, and the entry about it is not under the checkpoint. */
export async function selectRedactedSince(
  db: Db,
  { epoch, size }: SignedPlace,
  { pilotId, runId }: Covered,
): Promise<string[]> {
  const about = [
    ...(pilotId === null ? [] : [`pilot:${pilotId}`]),
    ...(runId === null ? [] : [`run:${runId}`]),
  ];
  const covered = Prisma.sql`e.kind = 'payload.redacted' and e.about @> ${about}::text[]`;
  const rows = await db.$queryRaw<{ about: string[] }[]>`
    with signed as materialized (
      select coalesce(max(position), -1) as position from log_leaf where epoch = ${epoch} and index = ${size - 1}
    ),
    indexed as materialized (select position from log_index_cursor where id = 1),
    numbered as materialized (
      select e.seq from log_leaf l join log_entry e on e.id = l.entry_id order by l.position desc limit 1
    )
    select e.about from log_term t join log_leaf l on l.position = t.position join log_entry e on e.id = l.entry_id
    where t.term = 'kind:payload.redacted' and t.position > (select position from signed) and ${covered}
    union all
    select e.about from log_leaf l join log_entry e on e.id = l.entry_id
    where l.position >= (select position from indexed) and l.position > (select position from signed) and ${covered}
    union all
    select e.about from log_entry e
    where e.seq > coalesce((select seq from numbered), 0) - ${OVERTAKEN} and ${covered}
      and not exists (select from log_leaf l where l.entry_id = e.id)`;
  const runs = rows.flatMap((row) => row.about.filter((subject) => subject.startsWith("run:")));
  return [...new Set(runs)].map((subject) => subject.slice("run:".length));
}
