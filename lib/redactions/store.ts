// Rows a redaction reads and takes texts out of. Each statement may be repeated: what is gone already is left alone.
import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { RunStatus } from "../runs/schema.ts";
import { TAKEN_AWAY } from "./rules.ts";
import { type Copy, RedactionTarget } from "./schema.ts";

export interface RedactionRow {
  readonly id: string;
  readonly runId: string;
  readonly target: RedactionTarget;
  readonly reason: string;
  readonly orderedBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly copies: readonly Copy[] | null;
}

type Row = Prisma.RedactionGetPayload<object>;
const typed = ({ what, copies, ...row }: Row): RedactionRow => ({
  ...row,
  target: RedactionTarget.parse(what),
  copies: copies as readonly Copy[] | null,
});

export async function insertRedaction(
  db: Db,
  row: Omit<RedactionRow, "finishedAt" | "copies">,
): Promise<void> {
  const { target, ...rest } = row;
  await db.redaction.create({ data: { ...rest, what: target } });
}

export async function listOfRun(db: Db, runId: string): Promise<RedactionRow[]> {
  const rows = await db.redaction.findMany({ where: { runId }, orderBy: { createdAt: "desc" } });
  return rows.map(typed);
}

/** Ordered and not finished, the oldest first; not those a hold or the deciding of a merge keeps waiting. */
export async function selectUnfinished(db: Db, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select d.id from redaction d join run r on r.id = d.run_id
      left join retention t on t.pilot_id = r.pilot_id
    where d.finished_at is null and not coalesce(t.is_held, false)
      and not exists (select from gate g where g.run_id = r.id and g.kind = 'merge' and g.status = 'open')
      and not exists (select from merge m where m.run_id = r.id and m.state = 'intent')
    order by d.created_at, d.id limit ${limit}`;
  return rows.map(({ id }) => id);
}

export async function findRedaction(db: Db, id: string): Promise<RedactionRow | null> {
  const row = await db.redaction.findUnique({ where: { id } });
  return row ? typed(row) : null;
}

export interface RunOfRedaction {
  readonly pilotId: string;
  readonly repositoryId: string;
  readonly charterDigest: string;
  readonly status: RunStatus;
}

export async function findRunOf(db: Db, runId: string): Promise<RunOfRedaction | null> {
  const select = { pilotId: true, repositoryId: true, status: true, charterDigest: true } as const;
  return (await db.run.findUnique({ where: { id: runId }, select })) as RunOfRedaction | null;
}

/** An open merge gate of the run, or a merge that nobody has settled. */
export async function isDeciding(db: Db, runId: string): Promise<boolean> {
  const gate = await db.gate.findFirst({ where: { runId, kind: "merge", status: "open" } });
  return gate !== null || (await db.merge.findFirst({ where: { runId, state: "intent" } })) !== null;
}

export interface SaltedEvent {
  readonly seq: number;
  readonly body: unknown;
  readonly salt: Uint8Array | null;
}

/** The next events that still have their texts, locked. `seqs` null: all of the run. */
export async function lockEvents(
  db: Db,
  runId: string,
  seqs: readonly number[] | null,
  limit: number,
): Promise<SaltedEvent[]> {
  return db.$queryRaw<SaltedEvent[]>`
    select seq, body, salt from run_event
    where run_id = ${runId} and body ->> 'redacted' is distinct from 'true'
      and (${seqs === null} or seq = any(${seqs === null ? [] : [...seqs]}::int[]))
    order by seq limit ${limit} for update`;
}

export interface TakenEvent {
  readonly seq: number;
  readonly body: unknown;
  /** Null for an event that never had a salt. */
  readonly commitment: Uint8Array | null;
}

export async function takeEvents(db: Db, runId: string, events: readonly TakenEvent[]): Promise<void> {
  await db.$executeRaw`
    update run_event e set body = t.body, salt = null, commitment = coalesce(e.commitment, t.commitment)
    from unnest(
      ${events.map(({ seq }) => seq)}::int[],
      ${events.map(({ body }) => JSON.stringify(body))}::jsonb[],
      ${events.map(({ commitment }) => commitment)}::bytea[]) as t (seq, body, commitment)
    where e.run_id = ${runId} and e.seq = t.seq`;
}

export async function countTaken(db: Db, runId: string, seqs: readonly number[] | null): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from run_event
    where run_id = ${runId} and body ->> 'redacted' = 'true'
      and (${seqs === null} or seq = any(${seqs === null ? [] : [...seqs]}::int[]))`;
  return row?.count ?? 0;
}

/** Whoever is adding words to the index is waited for, so that none of these come back. */
export async function deleteWords(db: Db, runId: string, seqs: readonly number[] | null): Promise<number> {
  await db.$executeRaw`lock table event_text in share row exclusive mode`;
  return db.$executeRaw`
    delete from event_text
    where run_id = ${runId} and (${seqs === null} or seq = any(${seqs === null ? [] : [...seqs]}::int[]))`;
}

export async function blobsOf(db: Db, runId: string): Promise<string[]> {
  const rows = await db.blob.findMany({ where: { runId }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** The plain digest goes as well: of a short secret it would be a hint. */
export async function markBlobsDeleted(db: Db, runId: string, at: Date): Promise<number> {
  const { count } = await db.blob.updateMany({
    where: { runId, deletedAt: null },
    data: { salt: null, sha256: "", deletedAt: at },
  });
  return count;
}

export async function evidenceOf(db: Db, runId: string): Promise<{ id: string; canonical: string }[]> {
  return db.evidence.findMany({ where: { runId }, select: { id: true, canonical: true } });
}

export async function replaceEvidence(db: Db, id: string, canonical: string): Promise<void> {
  await db.evidence.updateMany({ where: { id }, data: { canonical } });
}

export async function clearPatches(db: Db, runId: string): Promise<number> {
  const { count } = await db.patch.updateMany({ where: { runId }, data: { files: [], flags: [] } });
  return count;
}

export async function runTexts(db: Db, runId: string): Promise<{ summary: unknown; reason: string | null }> {
  return db.run.findUniqueOrThrow({ where: { id: runId }, select: { summary: true, reason: true } });
}

/** What the agent was told to do, and its salt. Returns 1 where there was something to take. */
export async function takeTask(db: Db, runId: string): Promise<number> {
  const { count } = await db.run.updateMany({
    where: { id: runId, taskSalt: { not: null } },
    data: { task: TAKEN_AWAY, taskSalt: null },
  });
  return count;
}

export async function replaceRunTexts(
  db: Db,
  runId: string,
  texts: { readonly summary?: Prisma.InputJsonValue; readonly reason: string | null },
): Promise<void> {
  await db.run.update({ where: { id: runId }, data: texts });
}

/** Commits that were built for merges of the run. */
export async function mergeCommits(db: Db, runId: string): Promise<string[]> {
  const rows = await db.merge.findMany({ where: { runId }, select: { newCommit: true } });
  return rows.flatMap(({ newCommit }) => newCommit ?? []);
}

/** False when another worker finished it meanwhile. */
export async function markFinished(db: Db, id: string, copies: readonly Copy[], at: Date): Promise<boolean> {
  const { count } = await db.redaction.updateMany({
    where: { id, finishedAt: null },
    data: { copies: copies as unknown as Prisma.InputJsonValue, finishedAt: at },
  });
  return count === 1;
}
