import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { AskDecider, AskEnd, AskSubject } from "../protocol/steering.ts";
import type { AskStatus, AskView } from "./schema.ts";

export type AskRow = Omit<Prisma.RunAskGetPayload<object>, "status" | "what" | "decidedBy"> & {
  readonly status: AskStatus;
  readonly what: AskSubject;
  readonly decidedBy: AskDecider | null;
};

export async function insertAsk(db: Db, row: Prisma.RunAskUncheckedCreateInput): Promise<void> {
  await db.runAsk.create({ data: row });
}

export async function findAsk(
  db: Db,
  runId: string,
  attempt: number,
  number: number,
): Promise<AskRow | null> {
  const where = { runId_attempt_number: { runId, attempt, number } };
  return (await db.runAsk.findUnique({ where })) as AskRow | null;
}

export async function findAskOfGate(db: Db, gateId: string): Promise<AskRow | null> {
  return (await db.runAsk.findUnique({ where: { gateId } })) as AskRow | null;
}

export async function listOpen(db: Db, runId: string): Promise<AskRow[]> {
  const where = { runId, status: "open" };
  return (await db.runAsk.findMany({ where, orderBy: { id: "asc" } })) as AskRow[];
}

export async function countOpen(db: Db, runId: string): Promise<number> {
  return db.runAsk.count({ where: { runId, status: "open" } });
}

export async function countAsks(db: Db, runId: string): Promise<number> {
  return db.runAsk.count({ where: { runId } });
}

export interface Ending {
  readonly status: AskEnd;
  readonly decidedBy: AskDecider;
  readonly answer: string | null;
  readonly isCarried: boolean;
  readonly settledAt: Date;
}

/** False when it was settled before. */
export async function endAsk(db: Db, id: string, change: Ending): Promise<boolean> {
  const { count } = await db.runAsk.updateMany({ where: { id, status: "open" }, data: change });
  return count === 1;
}

/** What people decided while no runner had the run, and no attempt has used yet; the oldest first. */
export async function listCarried(db: Db, runId: string): Promise<AskRow[]> {
  return (await db.runAsk.findMany({
    where: { runId, isCarried: true, usedAt: null, digest: { not: null } },
    orderBy: [{ settledAt: "asc" }, { id: "asc" }],
  })) as AskRow[];
}

export async function markUsed(db: Db, id: string, at: Date): Promise<void> {
  await db.runAsk.updateMany({ where: { id, usedAt: null }, data: { usedAt: at } });
}

/** Decisions of people that the runner was putting the run away without having heard. */
export async function carryUnheard(db: Db, runId: string, attempt: number): Promise<void> {
  await db.$executeRaw`
    update run_ask a set is_carried = true
    where a.run_id = ${runId} and a.attempt = ${attempt} and a.decided_by = 'person' and a.used_at is null
      and a.status in ('allowed', 'declined') and not a.is_carried`;
}

/** Decisions that no attempt will use: they were about work that is over. */
export async function dropCarried(db: Db, runId: string, at: Date): Promise<void> {
  const where = { runId, isCarried: true, usedAt: null };
  await db.runAsk.updateMany({ where, data: { usedAt: at } });
}

/** A runner put the run away for what its attempt asked, without having been told to. */
export async function markAllParked(db: Db, runId: string, attempt: number, at: Date): Promise<void> {
  const where = { runId, attempt, status: "open", parkedAt: null };
  await db.runAsk.updateMany({ where, data: { parkedAt: at } });
}

/** Open asks whose time is over and whose runner was not told yet. */
export async function selectDue(db: Db, now: Date): Promise<{ id: string; runId: string }[]> {
  return db.runAsk.findMany({
    where: { status: "open", dueAt: { lte: now }, parkedAt: null },
    orderBy: { dueAt: "asc" },
    select: { id: true, runId: true },
    take: 200,
  });
}

export async function findById(db: Db, id: string): Promise<AskRow | null> {
  return (await db.runAsk.findUnique({ where: { id } })) as AskRow | null;
}

export async function markParked(db: Db, id: string, at: Date): Promise<void> {
  await db.runAsk.updateMany({ where: { id, status: "open", parkedAt: null }, data: { parkedAt: at } });
}

const UNSHOWN = {
  ...{ runId: true, salt: true, commitment: true, digest: true, isCarried: true, usedAt: true },
} as const;

/** What waits for a decision, and then what was settled last; oldest first. */
export async function selectViews(db: Db, runId: string, limit: number): Promise<AskView[]> {
  const rows = await db.runAsk.findMany({
    where: { runId },
    orderBy: [{ settledAt: { sort: "desc", nulls: "first" } }, { id: "desc" }],
    omit: UNSHOWN,
    take: limit,
  });
  return (rows as AskView[]).sort((a, b) => a.attempt - b.attempt || a.number - b.number);
}

export async function selectViewOfGate(db: Db, gateId: string): Promise<AskView | null> {
  return (await db.runAsk.findUnique({ where: { gateId }, omit: UNSHOWN })) as AskView | null;
}

/** Takes what was asked, and what it can be found by. Returns of how many. */
export async function clearTexts(db: Db, runId: string, text: string): Promise<number> {
  const { count } = await db.runAsk.updateMany({
    where: { runId, salt: { not: null } },
    data: { title: text, text, cwd: text, reason: text, salt: null, digest: null },
  });
  return count;
}
