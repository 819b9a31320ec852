import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { WithdrawnApproval } from "../people/schema.ts";

export type PasskeyRow = Prisma.PasskeyGetPayload<object>;
export type ChallengeRow = Prisma.PasskeyChallengeGetPayload<object>;

export async function insertPasskey(db: Db, row: Prisma.PasskeyUncheckedCreateInput): Promise<void> {
  await db.passkey.create({ data: row });
}

export async function insertUse(db: Db, passkeyId: string, signCount: number): Promise<void> {
  await db.passkeyUse.create({ data: { passkeyId, signCount, lastUsedAt: null } });
}

/** Those that were not removed, oldest first; of one person, or of all. */
export async function selectPasskeys(db: Db, personId: string | null): Promise<PasskeyRow[]> {
  return db.passkey.findMany({
    where: { removedAt: null, ...(personId === null ? {} : { personId }) },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
}

export async function selectLastUses(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Date | null>> {
  const rows = await db.passkeyUse.findMany({ where: { passkeyId: { in: [...ids] } } });
  return new Map(rows.map(({ passkeyId, lastUsedAt }) => [passkeyId, lastUsedAt]));
}

/** The passkey, locked until the transaction ends. */
export async function lockPasskey(
  db: Db,
  by: { readonly id: string } | { readonly credentialId: string },
): Promise<PasskeyRow | null> {
  const found = await db.passkey.findUnique({ where: by });
  if (!found) return null;
  await db.$queryRaw`select from passkey where id = ${found.id} for update`;
  return db.passkey.findUnique({ where: { id: found.id } });
}

export async function markConfirmed(db: Db, id: string, by: string, at: Date): Promise<void> {
  await db.passkey.update({ where: { id }, data: { confirmedBy: by, confirmedAt: at } });
}

export async function markRemoved(db: Db, id: string, by: string, at: Date): Promise<void> {
  await db.passkey.update({ where: { id }, data: { removedBy: by, removedAt: at } });
}

export async function findSignCount(db: Db, passkeyId: string): Promise<number> {
  const use = await db.passkeyUse.findUnique({ where: { passkeyId } });
  return Number(use?.signCount ?? 0);
}

export async function updateUse(db: Db, passkeyId: string, signCount: number, at: Date): Promise<void> {
  await db.passkeyUse.update({ where: { passkeyId }, data: { signCount, lastUsedAt: at } });
}

/** Adds a question, and forgets those of the person that nobody can answer any more. */
export async function insertChallenge(db: Db, row: ChallengeRow, now: Date): Promise<void> {
  await db.passkeyChallenge.deleteMany({ where: { personId: row.personId, expiresAt: { lte: now } } });
  await db.passkeyChallenge.create({ data: row });
}

/** Takes the question away and gives it, to one of those who ask for it. */
export async function takeChallenge(
  db: Db,
  by: Pick<ChallengeRow, "personId" | "purpose" | "challenge">,
): Promise<ChallengeRow | null> {
  const rows = await db.$queryRaw<ChallengeRow[]>`
    delete from passkey_challenge
    where person_id = ${by.personId} and purpose = ${by.purpose} and challenge = ${by.challenge}
    returning id, person_id as "personId", purpose, challenge, statement, expires_at as "expiresAt"`;
  return rows[0] ?? null;
}

export async function isUnconfirmed(db: Db, id: string): Promise<boolean> {
  return (await db.passkey.count({ where: { id, confirmedAt: null, removedAt: null } })) > 0;
}

/** Of people who are here, but one. */
export async function countUnconfirmed(db: Db, besides: string): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from passkey k join person p on p.id = k.person_id
    where k.confirmed_at is null and k.removed_at is null and p.disabled_at is null and p.id <> ${besides}`;
  return row?.count ?? 0;
}

/** Takes back what was approved with it at gates that are still open; what a deactivation took back stays as it was. */
export async function withdrawApprovalsBy(db: Db, passkeyId: string, at: Date): Promise<WithdrawnApproval[]> {
  return db.$queryRaw`
    update approval a set withdrawn_at = ${at} from gate g
    where g.id = a.gate_id and a.passkey_id = ${passkeyId} and a.decision = 'approve' and a.withdrawn_at is null
      and g.status = 'open'
    returning a.id, a.gate_id as "gateId", g.pilot_id as "pilotId", g.run_id as "runId"`;
}
