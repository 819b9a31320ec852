import type { Db } from "../db.ts";

/** False when it stood here already. Forgets what is over. */
export async function insertSpent(
  db: Db,
  { hash, expiresAt }: { readonly hash: string; readonly expiresAt: Date },
  now: Date,
): Promise<boolean> {
  await db.spentTicket.deleteMany({ where: { expiresAt: { lt: now } } });
  return (
    (await db.$executeRaw`
    insert into spent_ticket (hash, expires_at) values (${hash}, ${expiresAt}) on conflict do nothing`) === 1
  );
}
