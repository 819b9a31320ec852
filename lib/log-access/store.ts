import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";

export type AccessRow = Prisma.LogAccessGetPayload<object>;

export async function insertAccess(db: Db, access: AccessRow): Promise<void> {
  await db.logAccess.create({ data: access });
}

export async function findByTokenHash(db: Db, tokenHash: string): Promise<AccessRow | null> {
  return db.logAccess.findUnique({ where: { tokenHash } });
}

export async function findAccessRow(db: Db, accessId: string): Promise<AccessRow | null> {
  return db.logAccess.findUnique({ where: { id: accessId } });
}

/** False when it was withdrawn already. */
export async function markWithdrawn(db: Db, accessId: string, withdrawnAt: Date): Promise<boolean> {
  const { count } = await db.logAccess.updateMany({
    where: { id: accessId, withdrawnAt: null },
    data: { withdrawnAt },
  });
  return count === 1;
}

export type AccessListRow = Omit<AccessRow, "tokenHash" | "givenBy"> & {
  readonly pilotName: string | null;
  readonly givenByName: string;
};

/** Newest first, without what the tokens are known by. */
export async function selectAccesses(db: Db, limit: number): Promise<AccessListRow[]> {
  return db.$queryRaw<AccessListRow[]>`
    select a.id, a.label, a.pilot_id as "pilotId", pilot.name as "pilotName", a.with_blobs as "withBlobs",
      coalesce(person.name, a.given_by) as "givenByName", a.created_at as "createdAt",
      a.expires_at as "expiresAt", a.withdrawn_at as "withdrawnAt"
    from log_access a
      left join pilot on pilot.id = a.pilot_id
      left join person on person.id = a.given_by
    order by a.created_at desc, a.id desc limit ${limit}`;
}
