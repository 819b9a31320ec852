import type { Db } from "../db.ts";
import type { ItemRow } from "./schema.ts";

export interface NewItem {
  readonly runId: string;
  readonly kind: ItemRow["kind"];
  readonly ref: string | null;
  readonly attempt: number | null;
  readonly why: "pause" | "ask" | null;
  readonly createdAt: Date;
}

/** The caller has locked the run, so numbers follow each other without gaps. */
export async function insertItem(
  db: Db,
  { runId, kind, ref, attempt, why, createdAt }: NewItem,
): Promise<void> {
  await db.$executeRaw`
    insert into run_inbox (run_id, number, kind, ref, attempt, why, created_at)
    select ${runId}, coalesce(max(number), 0) + 1, ${kind}, ${ref}, ${attempt}::int, ${why}, ${createdAt}
    from run_inbox where run_id = ${runId}`;
}

/** What is not settled, above a number, for whoever holds this attempt; in order. */
export async function selectWaiting(
  db: Db,
  runId: string,
  attempt: number,
  after: number,
): Promise<ItemRow[]> {
  return db.$queryRaw<ItemRow[]>`
    select i.number, i.kind, i.ref, i.why, m.id as "messageId", m.mode, m.origin, m.text, coalesce(m.status = 'delivered', false) as "isAgain", a.number as ask,
      a.status as "askStatus", a.answer, r.reason as "runReason"
    from run_inbox i join run r on r.id = i.run_id
      left join run_message m on i.kind = 'message' and m.id = i.ref
      left join run_ask a on i.kind = 'answer' and a.id = i.ref
    where i.run_id = ${runId} and i.settled_at is null and i.number > ${after}
      and (i.attempt is null or i.attempt = ${attempt})
    order by i.number limit 100`;
}

/** What is said about a message or an ask needs saying no more. */
export async function settleRef(db: Db, runId: string, ref: string, at: Date): Promise<void> {
  await db.runInbox.updateMany({ where: { runId, ref, settledAt: null }, data: { settledAt: at } });
}

export async function settlePauses(db: Db, runId: string, attempt: number, at: Date): Promise<void> {
  const where = { runId, kind: "pause", attempt, settledAt: null };
  await db.runInbox.updateMany({ where, data: { settledAt: at } });
}

/** Since when whoever holds this attempt is told to put the run away; null where nobody said so. */
export async function pausedSince(db: Db, runId: string, attempt: number): Promise<Date | null> {
  const row = await db.runInbox.findFirst({
    where: { runId, kind: "pause", attempt },
    orderBy: { number: "asc" },
    select: { createdAt: true },
  });
  return row?.createdAt ?? null;
}
