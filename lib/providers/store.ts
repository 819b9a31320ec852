// Rows of providers. What is sealed is written here and never selected: the role of web may not, and the gateway reads
// it where it admits a call or tests a key.
import type { Db } from "../db.ts";
import type { AskedTest, KeyView, ProviderKind, ProviderSettings, TestAnswer } from "./schema.ts";

export interface ProviderRow {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string;
  readonly settings: ProviderSettings;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
}

export async function insertProvider(db: Db, row: Omit<ProviderRow, "disabledAt">): Promise<void> {
  await db.provider.create({ data: row });
}

export async function findProvider(db: Db, id: string): Promise<ProviderRow | null> {
  return (await db.provider.findUnique({ where: { id } })) as ProviderRow | null;
}

/** The row, locked until the transaction ends: its keys change one after the other. */
export async function lockProvider(db: Db, id: string): Promise<ProviderRow | null> {
  await db.$queryRaw`select from provider where id = ${id} for update`;
  return findProvider(db, id);
}

export async function listProviderRows(db: Db): Promise<ProviderRow[]> {
  return (await db.provider.findMany({ orderBy: { name: "asc" } })) as ProviderRow[];
}

export async function markDisabled(db: Db, id: string, at: Date): Promise<boolean> {
  const { count } = await db.provider.updateMany({
    where: { id, disabledAt: null },
    data: { disabledAt: at },
  });
  return count === 1;
}

/** Ids of the keys that are not retired. */
export async function liveKeys(db: Db, providerId: string): Promise<string[]> {
  const rows = await db.providerKey.findMany({
    where: { providerId, retiredAt: null },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

export interface NewKey {
  readonly id: string;
  readonly providerId: string;
  readonly gatewayKeyId: string;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly hint: string;
  readonly setBy: string;
  readonly setAt: Date;
}

/** Plain SQL: what inserts through Prisma reads back. */
export async function insertKey(db: Db, key: NewKey): Promise<void> {
  await db.$executeRaw`
    insert into provider_key (id, provider_id, gateway_key_id, sealed, hint, set_by, set_at)
    values (${key.id}, ${key.providerId}, ${key.gatewayKeyId}, ${key.sealed}, ${key.hint}, ${key.setBy}, ${key.setAt})`;
}

/** What was sealed goes with it. False when it is not there or was retired before. */
export async function markRetired(db: Db, providerId: string, id: string, at: Date): Promise<boolean> {
  const count = await db.$executeRaw`
    update provider_key set sealed = null, retired_at = ${at}
    where id = ${id} and provider_id = ${providerId} and retired_at is null`;
  return count === 1;
}

export interface KeyRow extends KeyView {
  readonly providerId: string;
}

/** Newest first. */
export async function listKeyRows(db: Db): Promise<KeyRow[]> {
  return db.$queryRaw<KeyRow[]>`
    select k.id, k.provider_id as "providerId", k.hint, k.set_by as "setBy", coalesce(p.name, k.set_by) as "setByName",
      k.set_at as "setAt", k.retired_at as "retiredAt"
    from provider_key k left join person p on p.id = k.set_by order by k.set_at desc, k.id desc`;
}

export interface GatewayKeyRow {
  readonly id: string;
  readonly publicKey: Uint8Array;
}

/** The newest that is not retired: what is sealed from now on is sealed to it. */
export async function findGatewayKey(db: Db): Promise<GatewayKeyRow | null> {
  return db.gatewayKey.findFirst({
    where: { retiredAt: null },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { id: true, publicKey: true },
  });
}

export async function findByPublicKey(
  db: Db,
  publicKey: Uint8Array<ArrayBuffer>,
): Promise<{ id: string } | null> {
  return db.gatewayKey.findUnique({ where: { publicKey }, select: { id: true } });
}

export async function insertGatewayKey(
  db: Db,
  key: { readonly id: string; readonly publicKey: Uint8Array<ArrayBuffer>; readonly createdAt: Date },
): Promise<void> {
  await db.gatewayKey.create({ data: key });
}

/** Serialises gateways that start at the same time. */
export async function lockGatewayKeys(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('gateway keys'))`;
}

export interface TestRow {
  readonly id: string;
  readonly providerId: string;
  readonly keyId: string;
  readonly askedAt: Date;
  readonly answeredAt: Date | null;
  readonly models: string[] | null;
  readonly latencyMs: number | null;
  readonly problem: string | null;
}

export async function insertTest(
  db: Db,
  test: Pick<TestRow, "id" | "providerId" | "keyId" | "askedAt"> & { readonly askedBy: string },
): Promise<void> {
  await db.providerTest.create({ data: { ...test, models: [] } });
}

/** The last of each provider. */
export async function lastTests(db: Db): Promise<TestRow[]> {
  return db.$queryRaw<TestRow[]>`
    select distinct on (provider_id) id, provider_id as "providerId", key_id as "keyId", asked_at as "askedAt",
      answered_at as "answeredAt", models, latency_ms as "latencyMs", problem
    from provider_test order by provider_id, asked_at desc, id desc`;
}

/** For the gateway: asked, not answered, the key the provider's own and not retired; the oldest first. */
export async function selectAsked(db: Db, since: Date, limit: number): Promise<AskedTest[]> {
  return db.$queryRaw<AskedTest[]>`
    select t.id as "testId", v.id as "providerId", v.kind, v.base_url as "baseUrl", v.settings, k.id as "keyId", k.sealed
    from provider_test t join provider v on v.id = t.provider_id
      join provider_key k on k.id = t.key_id and k.provider_id = v.id
    where t.answered_at is null and t.asked_at >= ${since} and k.retired_at is null and v.disabled_at is null
    order by t.asked_at, t.id limit ${limit}`;
}

/** False when it was answered before. */
export async function markAnswered(db: Db, id: string, answer: TestAnswer, at: Date): Promise<boolean> {
  const count = await db.$executeRaw`
    update provider_test set answered_at = ${at}, models = ${answer.models}::text[], latency_ms = ${answer.latencyMs},
      problem = ${answer.problem}
    where id = ${id} and answered_at is null`;
  return count === 1;
}
