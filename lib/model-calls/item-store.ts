// Pieces of requests as rows.
import { randomBytes } from "node:crypto";
import type { Db } from "../db.ts";
import { payloadCommitment } from "./rules.ts";
import type { RequestItem } from "./schema.ts";

export interface KnownItem {
  readonly id: bigint;
  readonly commitment: Uint8Array;
}

export interface NewItem extends RequestItem {
  readonly runId: string;
  /** The call that brings it. */
  readonly callId: string;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
}

const SALT_BYTES = 32;

export interface StoredRow extends KnownItem {
  readonly run_id: string;
  readonly digest: Uint8Array;
}

/** Those that are there already are left alone. Gives all of them as they are stored. */
export async function insertUnknown(db: Db, pieces: readonly NewItem[]): Promise<StoredRow[]> {
  if (pieces.length === 0) return [];
  const salts = pieces.map(() => new Uint8Array(randomBytes(SALT_BYTES)));
  const runIds = pieces.map(({ runId }) => runId);
  const digests = pieces.map(({ digest }) => new Uint8Array(Buffer.from(digest, "hex")));
  const inserted = await db.$queryRaw<StoredRow[]>`
    insert into model_item (run_id, first_call, role, size, digest, salt, bytes, commitment)
    select * from unnest(
      ${runIds}::text[],
      ${pieces.map(({ callId }) => callId)}::text[],
      ${pieces.map(({ role }) => role.slice(0, 40))}::text[],
      ${pieces.map(({ bytes }) => bytes.length)}::int[],
      ${digests}::bytea[],
      ${salts}::bytea[],
      ${pieces.map(({ bytes }) => new Uint8Array(bytes))}::bytea[],
      ${pieces.map(({ bytes }, at) => new Uint8Array(payloadCommitment(salts[at] ?? new Uint8Array(), bytes)))}::bytea[])
    on conflict (run_id, digest) do nothing
    returning id, run_id, digest, commitment`;
  if (inserted.length === pieces.length) return inserted;
  return db.$queryRaw<StoredRow[]>`
    select i.id, i.run_id, i.digest, i.commitment
    from unnest(${runIds}::text[], ${digests}::bytea[]) as k (run_id, digest)
      join model_item i on i.run_id = k.run_id and i.digest = k.digest`;
}
