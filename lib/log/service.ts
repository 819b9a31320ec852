// Reading the record.
import { type Db, read } from "../db.ts";
import type { Subject } from "../record/schema.ts";
import type { Scope } from "../scope.ts";

/** How many entries the record holds; the planner's estimate once counting would be slow. */
export async function countEntries(scope: Scope): Promise<number> {
  return read(scope, async (db) => {
    const [row] = await db.$queryRaw<{ count: bigint }[]>`select count(*) from log_entry`;
    return Number(row?.count ?? 0);
  });
}

/** Entries that name a subject. */
export async function countAbout(scope: Scope, subject: Subject): Promise<number> {
  return read(scope, (db: Db) => db.logEntry.count({ where: { about: { has: subject } } }));
}
