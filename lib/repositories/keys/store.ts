import type { Db } from "../../db.ts";
import type { UpstreamKeyForWork } from "./schema.ts";

export interface UpstreamKeyRow {
  readonly id: string;
  readonly repositoryId: string;
  readonly publicKey: string;
  readonly hostKeys: readonly string[];
  readonly noticeKeyId: string;
  readonly sealed: Uint8Array;
  readonly setBy: string;
  readonly setAt: Date;
}

export async function insertUpstreamKey(db: Db, row: UpstreamKeyRow): Promise<void> {
  const { id, repositoryId, publicKey, hostKeys, noticeKeyId, sealed, setBy, setAt } = row;
  await db.$executeRaw`
    insert into upstream_key (id, repository_id, public_key, host_keys, notice_key_id, sealed, set_by, set_at)
    values (${id}, ${repositoryId}, ${publicKey}, ${[...hostKeys]}, ${noticeKeyId}, ${sealed}, ${setBy}, ${setAt})`;
}

/** What is secret is deleted. The id of what was ended; null where there was none. */
export async function endUpstreamKeyOf(db: Db, repositoryId: string, at: Date): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string }[]>`
    update upstream_key set sealed = null, ended_at = ${at}
    where repository_id = ${repositoryId} and ended_at is null returning id`;
  return row?.id ?? null;
}

export interface ListedKey {
  readonly repositoryId: string;
  readonly publicKey: string;
  readonly hostKeys: string[];
  readonly setBy: string;
  readonly setAt: Date;
}

export async function selectUpstreamKeys(db: Db): Promise<ListedKey[]> {
  return db.$queryRaw`
    select repository_id as "repositoryId", public_key as "publicKey", host_keys as "hostKeys",
      set_by as "setBy", set_at as "setAt"
    from upstream_key where ended_at is null order by set_at, id`;
}

/** For the worker. */
export async function findUpstreamKey(db: Db, repositoryId: string): Promise<UpstreamKeyForWork | null> {
  const [row] = await db.$queryRaw<UpstreamKeyForWork[]>`
    select id, sealed from upstream_key where repository_id = ${repositoryId} and ended_at is null`;
  return row ?? null;
}
