import type { Db } from "../db.ts";

/** False where the run has no patch. */
export async function insertRebase(db: Db, runId: string, askedAt: Date): Promise<boolean> {
  const patch = await db.patch.findFirst({ where: { runId }, select: { id: true } });
  if (patch === null) return false;
  await db.patchRebase.createMany({ data: [{ runId, askedAt }], skipDuplicates: true });
  return true;
}

/** False where it is not waited for any more. */
export async function deleteRebase(db: Db, runId: string): Promise<boolean> {
  const { count } = await db.patchRebase.deleteMany({ where: { runId } });
  return count === 1;
}

export const isAsked = async (db: Db, runId: string): Promise<boolean> =>
  (await db.patchRebase.findUnique({ where: { runId } })) !== null;

/**
 * Runs whose patch is to be looked at, the least tried first, then the oldest; not those that a stop holds, nor those whose new base
 * our copy does not hold yet.
 */
export async function selectToRebase(db: Db, now: Date, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select r.id from patch_rebase p join run r on r.id = p.run_id left join making_try t on t.run_id = r.id
    where r.status = 'queued' and (t.not_before is null or t.not_before <= ${now})
      and exists (select from base_bundle b where b.repository_id = r.repository_id and b.commit = r.base_commit)
      and not exists (select from stop s where s.lifted_at is null and (s.pilot_id is null or s.pilot_id = r.pilot_id))
    order by coalesce(t.tries, 0), p.asked_at, r.id limit ${limit}`;
  return rows.map(({ id }) => id);
}
