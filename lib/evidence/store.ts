import type { Db } from "../db.ts";

/**
 * Evidence that nothing was signed about, the oldest first. What is no longer what its digest covers is left out: its texts were
 * taken away, or it was changed.
 */
export async function listUnsigned(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select e.id from evidence e
      where not exists (select from evidence_statement s where s.evidence_id = e.id)
        and encode(sha256(convert_to(e.canonical, 'UTF8')), 'hex') = e.digest
    order by e.created_at, e.id limit 50`;
  return rows.map(({ id }) => id);
}
