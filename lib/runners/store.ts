import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { Tier } from "../jail/schema.ts";
import type { Phase } from "../protocol/schema.ts";
import type { Contact, EnrolmentView } from "./schema.ts";

export async function insertEnrolment(
  db: Db,
  enrolment: Prisma.EnrolmentUncheckedCreateInput,
): Promise<void> {
  await db.enrolment.create({ data: enrolment });
}

export interface EnrolmentRow {
  readonly id: string;
  readonly phases: readonly Phase[];
  readonly expiresAt: Date;
  readonly runnerId: string | null;
}

/** The enrolment of a token, locked until the transaction ends. */
export async function lockEnrolment(db: Db, tokenHash: string): Promise<EnrolmentRow | null> {
  await db.$queryRaw`select from enrolment where token_hash = ${tokenHash} for update`;
  return (await db.enrolment.findUnique({ where: { tokenHash } })) as EnrolmentRow | null;
}

export async function useEnrolment(
  db: Db,
  enrolmentId: string,
  runnerId: string,
  usedAt: Date,
): Promise<void> {
  await db.enrolment.update({ where: { id: enrolmentId }, data: { runnerId, usedAt } });
}

/** Tokens that can still be used, newest first. */
export async function selectOpenEnrolments(db: Db, now: Date): Promise<EnrolmentView[]> {
  return db.$queryRaw<EnrolmentView[]>`
    select e.id, e.phases, e.created_by as "createdBy", coalesce(p.name, e.created_by) as "createdByName",
      e.created_at as "createdAt", e.expires_at as "expiresAt"
    from enrolment e left join person p on p.id = e.created_by
    where e.used_at is null and e.expires_at > ${now}
    order by e.created_at desc, e.id desc`;
}

export interface RunnerRow {
  readonly id: string;
  readonly name: string;
  readonly publicKey: string;
  readonly hostId: string;
  readonly phases: readonly Phase[];
  readonly registeredAt: Date;
  readonly revokedAt: Date | null;
}

export async function findRunnerRow(db: Db, runnerId: string): Promise<RunnerRow | null> {
  return (await db.runner.findUnique({ where: { id: runnerId } })) as RunnerRow | null;
}

export async function findByPublicKey(db: Db, publicKey: string): Promise<RunnerRow | null> {
  return (await db.runner.findUnique({ where: { publicKey } })) as RunnerRow | null;
}

/** Names that begin like the wished one; the advisory lock makes the choice among them safe. */
export async function lockNames(db: Db, wished: string): Promise<Set<string>> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('runner names'))`;
  const rows = await db.runner.findMany({
    where: { name: { startsWith: wished.slice(0, 50) } },
    select: { name: true },
  });
  return new Set(rows.map((row) => row.name));
}

export async function insertRunner(
  db: Db,
  runner: Omit<RunnerRow, "phases" | "revokedAt"> & { phases: Phase[] },
): Promise<void> {
  await db.runner.create({ data: runner });
}

/** False when it was revoked already. */
export async function markRevoked(db: Db, runnerId: string, revokedAt: Date): Promise<boolean> {
  const { count } = await db.runner.updateMany({
    where: { id: runnerId, revokedAt: null },
    data: { revokedAt },
  });
  return count === 1;
}

/** Writes the last word. Without `contact` only the time moves. An older word never overwrites a newer one. */
export async function upsertContact(
  db: Db,
  runnerId: string,
  at: Date,
  contact: Contact | null,
): Promise<void> {
  if (contact === null) {
    await db.$executeRaw`update runner_contact set at = greatest(at, ${at}) where runner_id = ${runnerId}`;
    return;
  }
  const { version, tier, tierMissing } = contact;
  await db.$executeRaw`
    insert into runner_contact (runner_id, at, version, tier, tier_missing)
    values (${runnerId}, ${at}, ${version}, ${tier}, ${[...tierMissing]})
    on conflict (runner_id) do update set at = greatest(runner_contact.at, excluded.at), version = excluded.version,
      tier = excluded.tier, tier_missing = excluded.tier_missing`;
}

export interface RunnerListRow extends Omit<RunnerRow, "publicKey"> {
  readonly at: Date | null;
  readonly version: number | null;
  readonly tier: Tier | null;
  readonly tierMissing: readonly string[] | null;
  readonly leases: number;
}

/** All but those that are left out by their ids; nothing that a runner says of itself keeps it out of the list. */
export async function selectRunners(db: Db, left: readonly string[]): Promise<RunnerListRow[]> {
  return db.$queryRaw<RunnerListRow[]>`
    select r.id, r.name, r.host_id as "hostId", r.phases, r.registered_at as "registeredAt", r.revoked_at as "revokedAt",
      c.at, c.version, c.tier, c.tier_missing as "tierMissing",
      (select count(*)::int from lease l where l.runner_id = r.id and l.ended_at is null) as leases
    from runner r left join runner_contact c on c.runner_id = r.id
    where r.id <> all(${[...left]}::text[])
    order by r.revoked_at is not null, r.name`;
}
