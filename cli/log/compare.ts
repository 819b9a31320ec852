// How far the database still holds what was signed: entry by entry, by hashes computed from its bytes now.
import { join } from "node:path";
import type pg from "pg";
import { AppError } from "#lib/errors.ts";
import type { Hash } from "#lib/tlog/hashing.ts";
import { readBundleEntries, tileNodes } from "#lib/tlog/tile-files.ts";
import { TILE_WIDTH } from "#lib/tlog/tiles.ts";

export interface Signed {
  readonly epoch: number;
  readonly size: number;
}

const PIECE = 16 * TILE_WIDTH;

/** Null where the tiles do not say. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** How many of the first entries are the same in the database and in the log's tiles. */
export async function commonPrefix(client: pg.ClientBase, log: string, signed: Signed): Promise<number> {
  const nodes = tileNodes(join(log, String(signed.epoch)), signed.size);
  for (let from = 0; from < signed.size; from += PIECE) {
    const to = Math.min(signed.size, from + PIECE);
    const { rows } = await client.query<{ index: string; hash: Hash | null }>(
      `select l.index::text, sha256('\\x00'::bytea || e.body) as hash
       from log_leaf l left join log_entry e on e.id = l.entry_id
       where l.epoch = $1 and l.index >= $2 and l.index < $3 order by l.index`,
      [signed.epoch, from, to],
    );
    const places = Array.from({ length: to - from }, (_, at) => ({ level: 0, index: from + at }));
    const tiles = await orNull(Promise.resolve(nodes(places)));
    for (let at = 0; at < places.length; at++) {
      const row = rows[at];
      const isSame = row && Number(row.index) === from + at && row.hash && tiles?.[at]?.equals(row.hash);
      if (!isSame) return from + at;
    }
  }
  return signed.size;
}

/** Id of a signed entry, as its bundle has it; null where that is lost or is none of ours. */
export async function idInBundle(log: string, signed: Signed, index: number): Promise<string | null> {
  const folder = join(log, String(signed.epoch));
  const entries = await orNull(readBundleEntries(folder, Math.floor(index / TILE_WIDTH), signed.size));
  const body = entries?.[index % TILE_WIDTH]?.toString("utf8") ?? "";
  return /"id":"([a-z]{3}_[0-9A-Za-z_-]{1,80})"/.exec(body)?.[1] ?? null;
}
