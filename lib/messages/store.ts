import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { MessageStatus, MessageView } from "./schema.ts";

export type MessageRow = Prisma.RunMessageGetPayload<object> & { readonly status: MessageStatus };

export async function insertMessage(db: Db, row: Prisma.RunMessageUncheckedCreateInput): Promise<void> {
  await db.runMessage.create({ data: row });
}

export async function findByRequestKey(
  db: Db,
  runId: string,
  requestKey: string,
): Promise<MessageRow | null> {
  return (await db.runMessage.findUnique({
    where: { runId_requestKey: { runId, requestKey } },
  })) as MessageRow | null;
}

export async function findMessage(db: Db, runId: string, id: string): Promise<MessageRow | null> {
  return (await db.runMessage.findFirst({ where: { id, runId } })) as MessageRow | null;
}

export async function listWaiting(db: Db, runId: string): Promise<{ id: string }[]> {
  return db.runMessage.findMany({
    where: { runId, status: "queued" },
    orderBy: { id: "asc" },
    select: { id: true },
  });
}

export interface Settled {
  readonly status: "delivered" | "undeliverable" | "withdrawn";
  readonly effect?: string;
  readonly attempt?: number;
  readonly reason?: string;
  readonly settledAt: Date;
}

/** False when it was settled before. */
export async function settle(db: Db, id: string, change: Settled): Promise<boolean> {
  const { count } = await db.runMessage.updateMany({ where: { id, status: "queued" }, data: change });
  return count === 1;
}

/** Its sender wants it back; the attempt that may have it has not said yet whether its agent got it. */
export async function markAskedBack(db: Db, id: string, at: Date): Promise<void> {
  await db.runMessage.updateMany({ where: { id, status: "queued" }, data: { withdrawAt: at } });
}

export async function listAskedBack(db: Db, runId: string): Promise<{ id: string }[]> {
  return db.runMessage.findMany({
    where: { runId, status: "queued", withdrawAt: { not: null } },
    orderBy: { id: "asc" },
    select: { id: true },
  });
}

/** The attempt whose agent may have, or get, what waits; null where no runner has the run. */
export async function findReader(db: Db, runId: string): Promise<number | null> {
  const lease = await db.lease.findFirst({
    where: { runId, phase: "agent", endedAt: null },
    select: { attempt: true },
  });
  return lease?.attempt ?? null;
}

/** The newest review in the inbox that no agent has read, or that the next one has to read again. */
export async function findReviewToTell(db: Db, runId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string }[]>`
    select m.id from run_inbox i join run_message m on m.id = i.ref
    where i.run_id = ${runId} and i.kind = 'message' and i.settled_at is null and m.origin = 'review'
    order by i.number desc limit 1`;
  return row?.id ?? null;
}

/** `stepsOf` all messages of a run. */
export async function countSteps(db: Db, runId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ steps: number }[]>`
    select (count(*) + count(withdraw_at) + count(settled_at))::int as steps from run_message where run_id = ${runId}`;
  return row?.steps ?? 0;
}

/** What the agent was told after a time, or ever, and nobody is about to tell it again; the oldest first. */
export async function listTold(db: Db, runId: string, since: Date | null): Promise<{ id: string }[]> {
  return db.$queryRaw<{ id: string }[]>`
    select m.id from run_message m
    where m.run_id = ${runId} and m.status = 'delivered' and m.salt is not null
      and (m.settled_at > ${since}::timestamptz or (${since}::timestamptz is null and m.origin = 'steer'))
      and not exists (select from run_inbox i where i.run_id = m.run_id and i.ref = m.id and i.settled_at is null)
    order by m.sent_at, m.id`;
}

/** The newest that says what the run is for, and was not taken away; null where the launch still says it. */
export async function findGoal(db: Db, runId: string): Promise<MessageRow | null> {
  return (await db.runMessage.findFirst({
    where: { runId, origin: "goal", status: { notIn: ["undeliverable", "withdrawn"] }, salt: { not: null } },
    orderBy: [{ sentAt: "desc" }, { id: "desc" }],
  })) as MessageRow | null;
}

/**
 * Who wrote to the agent, or put code forward in its review. That a message did not reach it is the word of the runner that
 * could read it.
 */
export async function selectSteerers(db: Db, runId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select person_id as id from run_steerer where run_id = ${runId} order by person_id`;
  return rows.map(({ id }) => id);
}

export async function selectViews(db: Db, runId: string): Promise<MessageView[]> {
  return db.$queryRaw<MessageView[]>`
    select m.id, m.mode, m.origin, m.text, m.status, m.effect, m.attempt, m.reason, m.sent_by as "sentBy",
      coalesce(p.name, m.sent_by) as "sentByName", m.sent_at as "sentAt", m.withdraw_at as "withdrawAt", m.settled_at as "settledAt"
    from run_message m left join person p on p.id = m.sent_by
    where m.run_id = ${runId} order by m.sent_at, m.id limit 1000`;
}

/** Takes the words and their salts. Returns of how many. */
export async function clearTexts(db: Db, runId: string, text: string): Promise<number> {
  const { count } = await db.runMessage.updateMany({
    where: { runId, salt: { not: null } },
    data: { text, salt: null },
  });
  await db.runMessage.updateMany({
    where: { runId, reason: { not: null } },
    data: { reason: text },
  });
  return count;
}

/** What was said, with what its commitment is salted with. */
export async function findSaid(
  db: Db,
  id: string,
): Promise<{ text: string; salt: Uint8Array | null } | null> {
  return db.runMessage.findUnique({ where: { id }, select: { text: true, salt: true } });
}
