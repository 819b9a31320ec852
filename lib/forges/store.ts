import type { Db } from "../db.ts";
import type { CredentialKind } from "../releases/callbacks/schema.ts";
import type { ForgeForWork } from "./connections/schema.ts";

export interface ConnectionRow {
  readonly id: string;
  readonly repositoryId: string;
  readonly address: string;
  readonly kind: CredentialKind;
  readonly noticeKeyId: string;
  readonly sealed: Uint8Array;
  readonly hookSecret: Uint8Array;
  readonly expiresAt: Date | null;
  readonly connectedBy: string;
  readonly connectedAt: Date;
}

export async function insertConnection(db: Db, row: ConnectionRow): Promise<void> {
  const { id, repositoryId, address, kind, noticeKeyId, sealed, hookSecret } = row;
  const { expiresAt, connectedBy, connectedAt } = row;
  await db.$executeRaw`
    insert into forge_connection (id, repository_id, address, kind, notice_key_id, sealed, hook_secret, expires_at,
      connected_by, connected_at)
    values (${id}, ${repositoryId}, ${address}, ${kind}, ${noticeKeyId}, ${sealed}, ${hookSecret}, ${expiresAt},
      ${connectedBy}, ${connectedAt})`;
}

/** What is secret is deleted. The id of what was ended; null where there was none. */
export async function endConnection(db: Db, repositoryId: string, at: Date): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string }[]>`
    update forge_connection set sealed = null, hook_secret = null, ended_at = ${at}
    where repository_id = ${repositoryId} and ended_at is null returning id`;
  return row?.id ?? null;
}

export interface ListedConnection {
  readonly id: string;
  readonly repositoryId: string;
  readonly address: string;
  readonly kind: CredentialKind;
  readonly expiresAt: Date | null;
  readonly connectedBy: string;
  readonly connectedAt: Date;
}

export async function selectConnections(db: Db): Promise<ListedConnection[]> {
  return db.$queryRaw`
    select c.id, c.repository_id as "repositoryId", c.address, c.kind, c.expires_at as "expiresAt",
      c.connected_by as "connectedBy", c.connected_at as "connectedAt"
    from forge_connection c where c.ended_at is null order by c.connected_at`;
}

/** For the worker. */
export async function findConnection(db: Db, repositoryId: string): Promise<ForgeForWork | null> {
  const [row] = await db.$queryRaw<ForgeForWork[]>`
    select id, repository_id as "repositoryId", address, kind, sealed from forge_connection
    where repository_id = ${repositoryId} and ended_at is null`;
  return row ?? null;
}

export interface Unapproved {
  readonly runId: string;
  readonly pilotId: string;
  readonly tree: string;
}

/**
 * Runs that proposed one of these trees, where no merge of that tree into the repository is intended or took place. Whoever takes
 * an agent's merge back by hand comes to the tree that a revert of it proposes: that is no agent's change, and may be done.
 */
export async function selectUnapproved(
  db: Db,
  repositoryId: string,
  trees: readonly string[],
): Promise<Unapproved[]> {
  return db.$queryRaw`
    select distinct p.run_id as "runId", r.pilot_id as "pilotId", p.tree
    from patch p join run r on r.id = p.run_id
    where r.repository_id = ${repositoryId} and p.tree = any(${[...trees]}) and p.tree <> p.base_tree
      and not exists (
        select from revert v join run o on o.id = v.of_run_id where v.run_id = r.id and o.kind <> 'revert')
      and not exists (
        select from merge m join patch q on q.id = m.patch_id join run s on s.id = q.run_id
        where s.repository_id = ${repositoryId} and q.tree = p.tree and m.state in ('intent', 'moved')
      )
    order by p.run_id`;
}

export interface HookRow {
  readonly repositoryId: string;
  readonly address: string;
  readonly hookSecret: Uint8Array;
}

/** Of a connection that is not ended. */
export async function findHook(db: Db, connectionId: string): Promise<HookRow | null> {
  const [row] = await db.$queryRaw<HookRow[]>`
    select repository_id as "repositoryId", address, hook_secret as "hookSecret" from forge_connection
    where id = ${connectionId} and ended_at is null`;
  return row ?? null;
}

export interface DeliveryRow {
  readonly connectionId: string;
  readonly deliveryId: string;
  readonly event: string;
  readonly takenAt: Date;
}

/** Whether it was new. */
export async function insertDelivery(db: Db, row: DeliveryRow): Promise<boolean> {
  const { connectionId, deliveryId, event, takenAt } = row;
  const inserted = await db.$executeRaw`
    insert into forge_delivery (connection_id, delivery_id, event, taken_at)
    values (${connectionId}, ${deliveryId}, ${event}, ${takenAt})
    on conflict (connection_id, delivery_id) do nothing`;
  return inserted > 0;
}
