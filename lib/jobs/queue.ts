import { fromPrisma, PgBoss } from "pg-boss";
import type { Tx } from "../db.ts";
import type { JobName, JobPayload } from "./schema.ts";

// Next loads this module once per bundle; the sender belongs to the process.
const holder = globalThis as { pilothouseSender?: Promise<PgBoss> };

/** Owner migrates the queue's schema; processes never do. Two connections: sending happens in the caller's transaction. */
async function startSender(): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: process.env.DATABASE_URL ?? "",
    migrate: false,
    supervise: false,
    schedule: false,
    max: 2,
  });
  boss.on("error", () => undefined); // a connection that was lost while idle; whoever sends next is told by its own error
  await boss.start();
  return boss;
}

/** Enqueues in the caller's transaction: a rollback takes the job with it. `key` keeps one waiting job per key. */
export async function enqueue<N extends JobName>(
  tx: Tx,
  name: N,
  payload: JobPayload<N>,
  key?: string,
): Promise<void> {
  holder.pilothouseSender ??= startSender();
  const boss = await holder.pilothouseSender.catch((error: unknown) => {
    delete holder.pilothouseSender; // the database was down: the next one tries again
    throw error;
  });
  await boss.send(name, payload, { db: fromPrisma(tx.db), ...(key ? { singletonKey: key } : {}) });
}

export async function closeQueue(): Promise<void> {
  const boss = await holder.pilothouseSender;
  await boss?.stop({ graceful: false });
  delete holder.pilothouseSender;
}
