import type { Db } from "../db.ts";
import type { AccountView } from "./schema.ts";

export interface NewAccount {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly createdAt: Date;
}

/** Its address is none: `.invalid` is nobody's (RFC 2606). */
export async function insertAccount(db: Db, { id, name, ownerId, createdAt }: NewAccount): Promise<void> {
  await db.$executeRaw`
    insert into person (id, email, name, kind, owner_id, created_at)
    values (${id}, ${`${id}@service.invalid`}, ${name}, 'service', ${ownerId}, ${createdAt})`;
}

export interface AccountRow {
  readonly id: string;
  readonly kind: "person" | "service";
  readonly ownerId: string | null;
  readonly disabledAt: Date | null;
}

/** The row of a person or an account, locked until the transaction ends. */
export async function lockAccount(db: Db, id: string): Promise<AccountRow | null> {
  const [row] = await db.$queryRaw<AccountRow[]>`
    select id, kind, owner_id as "ownerId", disabled_at as "disabledAt" from person where id = ${id} for update`;
  return row ?? null;
}

/** Of one person, or with null all. */
export async function selectAccounts(db: Db, ownerId: string | null): Promise<AccountView[]> {
  return db.$queryRaw<AccountView[]>`
    select p.id, p.name, p.owner_id as "ownerId", o.name as "ownerName", p.disabled_at as "disabledAt",
      (select count(*)::int from api_token t
        where t.person_id = p.id and t.revoked_at is null and t.expires_at > now()) as tokens
    from person p join person o on o.id = p.owner_id
    where p.kind = 'service' and (${ownerId}::text is null or p.owner_id = ${ownerId})
    order by p.name, p.id limit 500`;
}

/** People who are here, by name. */
export async function selectOwners(db: Db): Promise<{ id: string; name: string }[]> {
  return db.$queryRaw<{ id: string; name: string }[]>`
    select id, name from person where kind = 'person' and disabled_at is null order by name, id limit 1000`;
}

export async function updateOwner(db: Db, id: string, ownerId: string): Promise<void> {
  await db.$executeRaw`update person set owner_id = ${ownerId} where id = ${id} and kind = 'service'`;
}

/** They answered for it until now. */
export async function keepPastOwner(db: Db, id: string, ownerId: string, until: Date): Promise<void> {
  await db.$executeRaw`
    insert into service_past_owner (account_id, owner_id, until) values (${id}, ${ownerId}, ${until})
    on conflict do nothing`;
}

/** Who answers, or answered, for those of the ids that are service accounts. */
export async function selectAnswerers(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ ownerId: string }[]>`
    select owner_id as "ownerId" from person where id = any(${[...ids]}) and owner_id is not null
    union select owner_id from service_past_owner where account_id = any(${[...ids]}) order by 1`;
  return rows.map(({ ownerId }) => ownerId);
}
