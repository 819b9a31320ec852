// Statements that a database which holds refuses, in forms that change nothing where it does not: they touch no row.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";

export const tryUpdateLog = (db: Db) => db.$executeRaw`update log_entry set kind = kind where false`;
export const tryDeleteLog = (db: Db) => db.$executeRaw`delete from log_entry where false`;
export const tryInsertApproval = (db: Db) =>
  db.$executeRaw`insert into approval select * from approval where false`;
export const tryInsertMerge = (db: Db) => db.$executeRaw`insert into merge select * from merge where false`;

/** True where there was a repository to try it on. The caller undoes it. */
export async function changeWithoutEntry(db: Db): Promise<boolean> {
  const changed = await db.$executeRaw`
    update repository set name = name where id = (select id from repository order by id limit 1)`;
  if (changed > 0) await db.$executeRaw`set constraints all immediate`;
  return changed > 0;
}

export interface LogRight {
  readonly role: string;
  readonly what: string;
}

const ROLES = ["ph_web", "ph_worker", "ph_gateway", "ph_notary"];
/** What each role may change of the log's tables, where the migrations let none. */
const WRITERS = ["ph_web", "ph_worker", "ph_gateway"];

/** Rights over the record that no role should have. */
export async function selectLogRights(db: Db): Promise<LogRight[]> {
  return db.$queryRaw<LogRight[]>`
    select r.role, p.what || ' on ' || t.name as what
    from unnest(${ROLES}::text[]) as r (role)
      cross join unnest(array['log_entry', 'log_leaf', 'log_checkpoint', 'log_epoch']) as t (name)
      cross join unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) as p (what)
    where (t.name = 'log_entry' or r.role = any(${WRITERS}::text[]))
      and (has_table_privilege(r.role, t.name, p.what)
        or (p.what = 'UPDATE' and has_any_column_privilege(r.role, t.name, 'UPDATE')))
    union all
    select rolname, case when rolsuper then 'superuser' else 'bypassing row security' end
    from pg_roles where rolname = any(${ROLES}::text[]) and (rolsuper or rolbypassrls)
    order by 1, 2`;
}

/** Triggers that refuse changes of the record whoever asks, and are there and switched on. */
export async function selectLogGuards(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    select tgname as name from pg_trigger
    where tgrelid = 'log_entry'::regclass and tgname in ('append_only', 'no_truncate') and tgenabled in ('O', 'A')
    order by tgname`;
  return rows.map(({ name }) => name);
}

/** A text of our own in a table that is gone with the transaction: as it was put there, and as it was edited there. */
export async function editedCopy(db: Db, body: Uint8Array): Promise<{ whole: Buffer; edited: Buffer }> {
  await db.$executeRaw`create temporary table canary_entry (body bytea not null) on commit drop`;
  await db.$executeRaw`insert into canary_entry values (${Buffer.from(body)})`;
  const look = async () => {
    const [row] = await db.$queryRaw<{ body: Uint8Array }[]>(Prisma.sql`select body from canary_entry`);
    return Buffer.from(row?.body ?? []);
  };
  const whole = await look();
  await db.$executeRaw`update canary_entry set body = set_byte(body, 0, get_byte(body, 0) # 1)`;
  return { whole, edited: await look() };
}

/** One of the two canaries; its row keeps its id for ever. */
export async function setCanaryKey(
  db: Db,
  key: {
    readonly id: string;
    readonly name: string;
    readonly publicKey: string;
    readonly isRevoked: boolean;
  },
  at: Date,
): Promise<void> {
  await db.$executeRaw`
    select set_canary_key(${key.id}, ${key.name}, ${key.publicKey}, ${key.isRevoked}, ${at}::timestamptz)`;
}
