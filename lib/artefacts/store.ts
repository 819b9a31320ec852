import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { ArtefactFinding, ArtefactState, ArtefactView } from "./schema.ts";

export type ArtefactRow = Prisma.ArtefactGetPayload<object> & { readonly state: ArtefactState };

export const insertArtefact = async (db: Db, row: Prisma.ArtefactUncheckedCreateInput): Promise<void> => {
  await db.artefact.create({ data: row });
};

export async function nextNumber(db: Db, runId: string): Promise<number> {
  const newest = await db.artefact.findFirst({ where: { runId }, orderBy: { number: "desc" } });
  return (newest?.number ?? 0) + 1;
}

/** What an attempt handed in and what was refused of it. */
export async function countOf(
  db: Db,
  runId: string,
  attempt: number,
): Promise<{ readonly taken: number; readonly bytes: number; readonly left: number }> {
  const rows = await db.artefact.groupBy({
    by: ["blobId"],
    where: { runId, attempt },
    _count: true,
    _sum: { size: true },
  });
  const of = (isTaken: boolean) => rows.filter(({ blobId }) => (blobId !== null) === isTaken);
  return {
    taken: of(true).length,
    bytes: of(true).reduce((sum, { _sum }) => sum + Number(_sum.size ?? 0), 0),
    left: of(false).reduce((sum, { _count }) => sum + _count, 0),
  };
}

export async function findSame(
  db: Db,
  where: {
    readonly runId: string;
    readonly attempt: number;
    readonly path: string;
    readonly sha256?: string;
  },
): Promise<ArtefactRow | null> {
  return (await db.artefact.findFirst({ where: { ...where, blobId: { not: null } } })) as ArtefactRow | null;
}

export async function findArtefact(db: Db, id: string): Promise<ArtefactRow | null> {
  return (await db.artefact.findUnique({ where: { id } })) as ArtefactRow | null;
}

/** Several of one run, locked, in their order. */
export async function lockArtefacts(db: Db, runId: string, ids: readonly string[]): Promise<ArtefactRow[]> {
  await db.$queryRaw`select from artefact where run_id = ${runId} and id = any(${[...ids]}) order by id for update`;
  return (await db.artefact.findMany({
    where: { runId, id: { in: [...ids] } },
    orderBy: { number: "asc" },
  })) as ArtefactRow[];
}

export interface ScanTurns {
  readonly retryAfter: (tries: number) => number;
  readonly mostTries: number;
  readonly limit: number;
}

/** The least tried first, then the longest waiting. What failed waits its time. */
export async function selectUnscanned(
  db: Db,
  now: Date,
  { retryAfter, mostTries, limit }: ScanTurns,
): Promise<ArtefactRow[]> {
  const rows = (await db.artefact.findMany({
    where: { state: "quarantined", tries: { lt: mostTries } },
    orderBy: [{ tries: "asc" }, { createdAt: "asc" }, { id: "asc" }],
    take: limit * 50,
  })) as ArtefactRow[];
  return rows
    .filter(
      ({ tries, triedAt }) => triedAt === null || triedAt.getTime() + retryAfter(tries) <= now.getTime(),
    )
    .slice(0, limit);
}

export interface Scanned {
  readonly state: "scanned" | "refused";
  readonly media: string;
  readonly findings: readonly ArtefactFinding[];
  readonly at: Date;
}

/** False where somebody else was first. */
export async function markScanned(
  db: Db,
  id: string,
  { state, media, findings, at }: Scanned,
): Promise<boolean> {
  const { count } = await db.artefact.updateMany({
    where: { id, state: "quarantined" },
    data: {
      ...{ state, media, problem: null, scannedAt: at, triedAt: at, tries: { increment: 1 } },
      findings: findings as unknown as Prisma.InputJsonValue,
    },
  });
  return count === 1;
}

export async function markUnscanned(db: Db, id: string, problem: string, at: Date): Promise<boolean> {
  const { count } = await db.artefact.updateMany({
    where: { id, state: "quarantined" },
    data: { problem, triedAt: at, tries: { increment: 1 } },
  });
  return count === 1;
}

/** Bound to the gate that is to decide on them. */
export async function bindToGate(db: Db, ids: readonly string[], gateId: string): Promise<void> {
  await db.artefact.updateMany({ where: { id: { in: [...ids] } }, data: { gateId } });
}

/** How many of them were promoted: all, or somebody was first. */
export async function markPromoted(
  db: Db,
  gateId: string,
  ids: readonly string[],
  promotedAt: Date,
): Promise<number> {
  const { count } = await db.artefact.updateMany({
    where: { id: { in: [...ids] }, gateId, state: "scanned" },
    data: { state: "promoted", promotedAt },
  });
  return count;
}

export interface DueArtefact {
  readonly id: string;
  readonly runId: string;
  readonly charterId: string;
  readonly createdAt: Date;
}

/** What nobody promoted and no hold keeps, the oldest first. Whether its time is over is asked of its charter. */
export async function selectKept(db: Db, before: Date, after: string, limit: number): Promise<DueArtefact[]> {
  return db.$queryRaw<DueArtefact[]>`
    select a.id, a.run_id as "runId", r.charter_id as "charterId", a.created_at as "createdAt"
    from artefact a join run r on r.id = a.run_id left join retention t on t.pilot_id = r.pilot_id
      left join gate g on g.id = a.gate_id
    where a.state in ('quarantined', 'scanned', 'refused') and a.created_at < ${before} and a.id > ${after}
      and not coalesce(t.is_held, false) and g.status is distinct from 'open'
    order by a.id limit ${limit}`;
}

export async function markDeleted(db: Db, { id, blobId }: ArtefactRow, at: Date): Promise<boolean> {
  const { count } = await db.artefact.updateMany({
    where: { id, state: { not: "deleted" } },
    data: { state: "deleted", deletedAt: at },
  });
  if (count === 1 && blobId !== null)
    await db.blob.updateMany({
      where: { id: blobId, deletedAt: null },
      data: { salt: null, sha256: "", deletedAt: at },
    });
  return count === 1;
}

/** Names, findings and digests go with the bytes, where a redaction takes all of a run. Returns what was deleted by it. */
export async function takeAll(db: Db, runId: string, path: string, at: Date): Promise<string[]> {
  const rows = await db.artefact.findMany({
    where: { runId, state: { not: "deleted" } },
    select: { id: true },
  });
  const gone = { path, sha256: "", findings: [], problem: null } as const;
  await db.artefact.updateMany({ where: { runId, state: "deleted" }, data: gone });
  await db.artefact.updateMany({
    where: { runId, state: { not: "deleted" } },
    data: { ...gone, state: "deleted", deletedAt: at },
  });
  return rows.map(({ id }) => id);
}

export async function selectViews(db: Db, runId: string): Promise<ArtefactView[]> {
  const rows = (await db.artefact.findMany({
    where: { runId },
    orderBy: { number: "asc" },
  })) as ArtefactRow[];
  const gates = await db.gate.findMany({
    where: { id: { in: rows.flatMap(({ gateId }) => gateId ?? []) } },
    select: { id: true, status: true },
  });
  const status = new Map(gates.map((gate) => [gate.id, gate.status]));
  return rows.map(({ blobId, size, findings, gateId, ...row }) => ({
    ...{ id: row.id, attempt: row.attempt, path: row.path, sha256: row.sha256, state: row.state },
    ...{ media: row.media, problem: row.problem, bytes: Number(size), isLeft: blobId === null, gateId },
    ...{ createdAt: row.createdAt, promotedAt: row.promotedAt, deletedAt: row.deletedAt },
    findings: findings as unknown as ArtefactFinding[],
    gateStatus: gateId === null ? null : (status.get(gateId) ?? null),
  }));
}
