import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { Side } from "../interdiff/schema.ts";

export type ThreadRow = Prisma.ReviewThreadGetPayload<object> & { readonly side: Side };
export type CommentRow = Prisma.ReviewCommentGetPayload<object>;

export async function insertThread(db: Db, row: Prisma.ReviewThreadUncheckedCreateInput): Promise<void> {
  await db.reviewThread.create({ data: row });
}

export async function insertComment(db: Db, row: Prisma.ReviewCommentUncheckedCreateInput): Promise<void> {
  await db.reviewComment.create({ data: row });
}

export async function findByRequestKey(
  db: Db,
  runId: string,
  requestKey: string,
): Promise<CommentRow | null> {
  return db.reviewComment.findUnique({ where: { runId_requestKey: { runId, requestKey } } });
}

export async function countThreads(db: Db, runId: string): Promise<number> {
  return db.reviewThread.count({ where: { runId } });
}

export async function countComments(db: Db, threadId: string): Promise<number> {
  return db.reviewComment.count({ where: { threadId } });
}

export async function findThread(db: Db, runId: string, id: string): Promise<ThreadRow | null> {
  return (await db.reviewThread.findFirst({ where: { id, runId } })) as ThreadRow | null;
}

/** False when it was so already. */
export async function settle(
  db: Db,
  id: string,
  by: { personId: string; at: Date } | null,
): Promise<boolean> {
  const { count } = await db.reviewThread.updateMany({
    where: { id, resolvedAt: by === null ? { not: null } : null },
    data: { resolvedBy: by?.personId ?? null, resolvedAt: by?.at ?? null },
  });
  return count === 1;
}

/** In the order they were begun. */
export async function listThreads(db: Db, runId: string): Promise<ThreadRow[]> {
  const rows = await db.reviewThread.findMany({
    where: { runId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: 1000,
  });
  return rows as ThreadRow[];
}

export async function listComments(db: Db, runId: string): Promise<CommentRow[]> {
  return db.reviewComment.findMany({
    where: { runId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: 10_000,
  });
}

/** How often each thread went to the agent. */
export async function countSendings(db: Db, runId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db.reviewSending.groupBy({ by: ["threadId"], where: { runId }, _count: true });
  return new Map(rows.map(({ threadId, _count }) => [threadId, _count]));
}

export async function insertSendings(
  db: Db,
  rows: readonly { messageId: string; threadId: string; runId: string }[],
): Promise<void> {
  await db.reviewSending.createMany({ data: [...rows] });
}

/** Takes words, code, paths and lines, and the salts. Returns of how many comments. */
export async function clearTexts(db: Db, runId: string, text: string): Promise<number> {
  await db.reviewThread.updateMany({ where: { runId }, data: { path: text, quote: text } });
  await db.reviewComment.updateMany({
    where: { runId, isSuggestion: true, salt: { not: null } },
    data: { replacement: text },
  });
  const { count } = await db.reviewComment.updateMany({
    where: { runId, salt: { not: null } },
    data: { text, salt: null },
  });
  return count;
}

/** A comment with its place, and what its commitment is salted with. */
export async function findSaid(
  db: Db,
  id: string,
): Promise<{ comment: CommentRow; thread: ThreadRow } | null> {
  const comment = await db.reviewComment.findUnique({ where: { id } });
  const thread = comment && (await db.reviewThread.findUnique({ where: { id: comment.threadId } }));
  return comment && thread ? { comment, thread: thread as ThreadRow } : null;
}
