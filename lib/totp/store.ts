import type { Db } from "../db.ts";
import type { TotpHolder } from "./schema.ts";

export interface TotpRow {
  readonly sealed: Uint8Array;
  readonly lastStep: number;
  readonly createdAt: Date;
}

/** Locked until the transaction ends where `lock` says so, so that one code is not taken twice at once. */
export async function findTotp(db: Db, personId: string, lock: boolean): Promise<TotpRow | null> {
  if (lock) await db.$queryRaw`select from totp where person_id = ${personId} for update`;
  const row = await db.totp.findUnique({ where: { personId } });
  return row && { sealed: row.sealed, lastStep: Number(row.lastStep), createdAt: row.createdAt };
}

/** Two who set codes up for one person at once do so one after the other. */
export async function lockHolder(db: Db, personId: string): Promise<void> {
  await db.$queryRaw`select from person where id = ${personId} for update`;
}

export async function insertTotp(
  db: Db,
  personId: string,
  { sealed, lastStep, createdAt }: TotpRow,
  hashes: readonly string[],
): Promise<void> {
  await db.totp.create({
    data: { personId, sealed: new Uint8Array(sealed), lastStep: BigInt(lastStep), createdAt },
  });
  await db.recoveryCode.createMany({ data: hashes.map((hash) => ({ personId, hash })) });
}

export async function saveStep(db: Db, personId: string, lastStep: number): Promise<void> {
  await db.totp.update({ where: { personId }, data: { lastStep: BigInt(lastStep) } });
}

/** False: there is no such code, or it was used. */
export async function useRecovery(db: Db, personId: string, hash: string, at: Date): Promise<boolean> {
  const { count } = await db.recoveryCode.updateMany({
    where: { personId, hash, usedAt: null },
    data: { usedAt: at },
  });
  return count === 1;
}

export const countRecovery = (db: Db, personId: string): Promise<number> =>
  db.recoveryCode.count({ where: { personId, usedAt: null } });

export async function deleteTotp(db: Db, personId: string): Promise<boolean> {
  await db.recoveryCode.deleteMany({ where: { personId } });
  return (await db.totp.deleteMany({ where: { personId } })).count === 1;
}

export const selectHolders = (db: Db): Promise<TotpHolder[]> =>
  db.$queryRaw<TotpHolder[]>`
    select t.person_id as "personId", p.name, t.created_at as since
    from totp t join person p on p.id = t.person_id order by p.name, p.id`;
