import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import { CHECK_BY } from "../sso/rules.ts";
import type { Standing } from "./rules.ts";

export interface TokenRow {
  readonly id: string;
  readonly personId: string;
  readonly label: string;
  readonly prefix: string;
  readonly tokenHash: string;
  readonly permissions: readonly string[];
  readonly pilotIds: readonly string[] | null;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

export async function insertToken(db: Db, token: Omit<TokenRow, "revokedAt">): Promise<void> {
  const { id, personId, label, prefix, tokenHash, permissions, pilotIds, madeBy, madeAt, expiresAt } = token;
  await db.$executeRaw`
    insert into api_token (id, person_id, label, prefix, token_hash, permissions, pilot_ids, made_by, made_at, expires_at)
    values (${id}, ${personId}, ${label}, ${prefix}, ${tokenHash}, ${[...permissions]},
      ${pilotIds === null ? null : [...pilotIds]}, ${madeBy}, ${madeAt}, ${expiresAt})`;
}

export type FoundToken = Omit<TokenRow, "label" | "prefix" | "madeBy" | "madeAt"> & Standing;

/**
 * Whether the token's person `p`, or their owner, came by an identity provider that has not said yes of them since. A session
 * of single sign-on keeps until when its provider's last yes is believed.
 */
const unconfirmed = (since: Date | null) => Prisma.sql`
  ${since}::timestamptz is not null and exists (select from sso_identity i where i.person_id in (p.id, p.owner_id)
    and not exists (select from session s where s.person_id = i.person_id and s.method = 'sso'
      and s.check_by > ${since && new Date(since.getTime() + CHECK_BY)}))`;

export async function selectByPrefix(db: Db, prefix: string, since: Date | null): Promise<FoundToken[]> {
  return db.$queryRaw<FoundToken[]>`
    select t.id, t.person_id as "personId", t.token_hash as "tokenHash", t.permissions, t.pilot_ids as "pilotIds",
      t.expires_at as "expiresAt", t.revoked_at as "revokedAt",
      p.disabled_at is null and (p.kind = 'person' or o.disabled_at is null) as "hasOwner",
      exists (select from sso_identity i where i.person_id in (p.id, p.owner_id) and i.refused_at is not null)
        as "isRefused", ${unconfirmed(since)} as "isUnconfirmed"
    from api_token t join person p on p.id = t.person_id left join person o on o.id = p.owner_id
    where t.prefix = ${prefix} limit 10`;
}

/** Locked, with whoever answers for its owner; null where there is none. */
export async function lockToken(
  db: Db,
  tokenId: string,
): Promise<(TokenRow & { readonly ownerId: string | null }) | null> {
  const [row] = await db.$queryRaw<(TokenRow & { ownerId: string | null })[]>`
    select t.id, t.person_id as "personId", t.label, t.prefix, t.token_hash as "tokenHash", t.permissions,
      t.pilot_ids as "pilotIds", t.made_by as "madeBy", t.made_at as "madeAt", t.expires_at as "expiresAt",
      t.revoked_at as "revokedAt", p.owner_id as "ownerId"
    from api_token t join person p on p.id = t.person_id where t.id = ${tokenId} for update of t`;
  return row ?? null;
}

export async function markRevoked(db: Db, tokenId: string, at: Date): Promise<boolean> {
  const count = await db.$executeRaw`
    update api_token set revoked_at = ${at} where id = ${tokenId} and revoked_at is null`;
  return count === 1;
}

/** Ids of the tokens that act for the person, or for a service account they answer for, and are not revoked. */
export async function lockTokensOf(db: Db, personId: string): Promise<{ id: string; personId: string }[]> {
  return db.$queryRaw<{ id: string; personId: string }[]>`
    select t.id, t.person_id as "personId" from api_token t join person p on p.id = t.person_id
    where (p.id = ${personId} or p.owner_id = ${personId}) and t.revoked_at is null
    order by t.id for update of t`;
}

export const USED_EVERY = "1 minute";

/** At most once a minute. */
export async function touchToken(db: Db, tokenId: string, at: Date): Promise<void> {
  await db.$executeRaw`
    insert into api_token_use as u (token_id, used_at) values (${tokenId}, ${at})
    on conflict (token_id) do update set used_at = excluded.used_at
      where u.used_at <= excluded.used_at - ${USED_EVERY}::interval`;
}

export async function isTouchedLately(db: Db, tokenId: string, at: Date): Promise<boolean> {
  const [row] = await db.$queryRaw<{ found: boolean }[]>`
    select exists (select from api_token_use
      where token_id = ${tokenId} and used_at > ${at}::timestamptz - ${USED_EVERY}::interval) as found`;
  return row?.found ?? false;
}

export interface TokenListRow extends Standing {
  readonly id: string;
  readonly label: string;
  readonly prefix: string;
  readonly personId: string;
  readonly personName: string;
  readonly isService: boolean;
  readonly ownerId: string | null;
  readonly permissions: readonly string[];
  readonly pilotNames: readonly string[] | null;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly usedAt: Date | null;
}

/** Those of one person and of the accounts they answer for, or everybody's; newest first. */
export async function selectTokens(
  db: Db,
  {
    personId,
    limit,
    since,
  }: { readonly personId: string | null; readonly limit: number; readonly since: Date | null },
): Promise<TokenListRow[]> {
  return db.$queryRaw<TokenListRow[]>`
    select t.id, t.label, t.prefix, t.person_id as "personId", p.name as "personName",
      p.kind = 'service' as "isService", p.owner_id as "ownerId",
      p.disabled_at is null and (p.kind = 'person' or o.disabled_at is null) as "hasOwner",
      exists (select from sso_identity i where i.person_id in (p.id, p.owner_id) and i.refused_at is not null)
        as "isRefused", ${unconfirmed(since)} as "isUnconfirmed", t.permissions, case when t.pilot_ids is null then null else array(
        select coalesce(pilot.name, named.id) from unnest(t.pilot_ids) as named (id)
          left join pilot on pilot.id = named.id order by 1) end as "pilotNames",
      t.made_at as "madeAt", t.expires_at as "expiresAt", t.revoked_at as "revokedAt", u.used_at as "usedAt"
    from api_token t join person p on p.id = t.person_id
      left join person o on o.id = p.owner_id left join api_token_use u on u.token_id = t.id
    where ${personId}::text is null or t.person_id = ${personId} or p.owner_id = ${personId}
    order by t.made_at desc, t.id desc limit ${limit}`;
}
