import type { Db } from "../db.ts";

/** The id of the deployment's first entry, by which the deployment is known: nothing can change it. */
export async function firstEntryId(db: Db): Promise<string> {
  const [first] = await db.$queryRaw<{ id: string }[]>`select id from log_entry order by seq limit 1`;
  if (!first) throw new Error("the record is empty");
  return first.id;
}

/** Two settlers of one merge follow each other. */
export async function lockMerge(db: Db, mergeId: string): Promise<void> {
  await db.$queryRaw`select from merge where id = ${mergeId} for update`;
}
