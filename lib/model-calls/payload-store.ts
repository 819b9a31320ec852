// What was said in a run's calls, taken away. Sizes, numbers, times of calls and the commitments stay.
import type { Db } from "../db.ts";

/** Some of what is still there; returns how many rows that were, 0 when all is gone. May be repeated. */
export async function takeCallPayloads(db: Db, runId: string, limit: number): Promise<number> {
  const items = await db.$executeRaw`
    update model_item set digest = null, salt = null, bytes = null
    where id in (select id from model_item where run_id = ${runId} and bytes is not null order by id limit ${limit})`;
  const outputs = await db.$executeRaw`
    update model_output set salt = null, bytes = null, chunk_offsets = '{}', chunk_ms = '{}'
    where call_id in (select call_id from model_output where run_id = ${runId} and bytes is not null
      order by call_id limit ${limit})`;
  return items + outputs;
}

/** A call whose end is not stored yet. */
export async function hasOpenCall(db: Db, runId: string): Promise<boolean> {
  return (await db.modelCall.findFirst({ where: { runId, state: "open" }, select: { id: true } })) !== null;
}
