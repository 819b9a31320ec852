// Pieces of requests as rows. They are inserted with the calls that bring them.
import type { Db } from "../db.ts";

export interface StoredItem {
  readonly id: number;
  /** Hex. */
  readonly digest: string;
  readonly commitment: Uint8Array;
}

/** Those of the pieces with these digests that a run has. */
export async function selectStored(db: Db, runId: string, digests: readonly string[]): Promise<StoredItem[]> {
  const rows = await db.$queryRaw<{ id: bigint; digest: string; commitment: Uint8Array }[]>`
    select id, encode(digest, 'hex') as digest, commitment from model_item
    where run_id = ${runId}
      and digest = any(array(select decode(d, 'hex') from unnest(${[...digests]}::text[]) as d))`;
  return rows.map(({ id, ...row }) => ({ ...row, id: Number(id) }));
}
