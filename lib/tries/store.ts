import type { Db } from "../db.ts";

/** One more in vain; `waits` gives from how many there were when the next one is due. Returns how many there are. */
export async function addTry(
  db: Db,
  runId: string,
  now: number,
  waits: (tries: number) => number,
): Promise<number> {
  const before = await db.makingTry.findUnique({ where: { runId }, select: { tries: true } });
  const tries = (before?.tries ?? 0) + 1;
  const notBefore = new Date(now + waits(tries));
  await db.makingTry.upsert({
    where: { runId },
    create: { runId, tries, notBefore },
    update: { tries, notBefore },
  });
  return tries;
}

export async function deleteTries(db: Db, runId: string): Promise<void> {
  await db.makingTry.deleteMany({ where: { runId } });
}
