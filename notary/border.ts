// Reads back what was written: the unfinished tiles a restart goes on from. They must be those of the tree that was
// signed last, hash by hash.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { HASH_BYTES, type Hash, leafHash } from "#lib/tlog/hashing.ts";
import { hashesOnLevel, TILE_WIDTH, type TileAt, tilePath } from "#lib/tlog/tiles.ts";
import { errnoOf } from "./disk.ts";
import { Halt } from "./halt.ts";
import type { OwnState } from "./own-state.ts";
import { type Border, edgeOf } from "./tree.ts";

export const epochFolder = (log: string, epoch: number): string => join(log, String(epoch));

/** The file of exactly this width, or the full one that took its place. */
async function readTile(folder: string, at: TileAt): Promise<Buffer> {
  for (const width of [at.width, TILE_WIDTH]) {
    try {
      return await readFile(join(folder, tilePath({ ...at, width })));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
  throw new Halt(
    "tiles_disagree",
    `${tilePath(at)} is not in ${folder}, and what was signed last rests on it.`,
  );
}

function splitHashes(bytes: Buffer, count: number): Hash[] {
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/** The first `count` entries of a bundle, each with its length before it. Throws RangeError where it is cut off. */
export function splitBundle(bytes: Buffer, count: number): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; entries.length < count; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) throw new RangeError("an entry is cut off");
    entries.push(bytes.subarray(at, end));
    at = end;
  }
  return entries;
}

async function readFiles(folder: string, size: number): Promise<Border> {
  const levels: Hash[][] = [];
  for (let level = 0; hashesOnLevel(level, size) > 0; level++) {
    const hashes = hashesOnLevel(level, size);
    const width = hashes % TILE_WIDTH;
    const at = { level, index: Math.floor(hashes / TILE_WIDTH), width };
    levels.push(width === 0 ? [] : splitHashes(await readTile(folder, at), width));
  }
  const width = size % TILE_WIDTH;
  const at: TileAt = { level: "entries", index: Math.floor(size / TILE_WIDTH), width };
  const entries = width === 0 ? [] : splitBundle(await readTile(folder, at), width);
  return { size, levels, entries };
}

function isOf(border: Border, state: OwnState): boolean {
  const edge = edgeOf(border).map((hash) => hash.toString("hex"));
  const leaves = border.levels[0] ?? [];
  return (
    edge.join() === state.edge.join() &&
    border.entries.every((entry, at) => leaves[at]?.equals(leafHash(entry.subarray(2))) === true)
  );
}

/** Throws Halt where the files are not those of `state`. */
export async function readBorder(log: string, state: OwnState): Promise<Border> {
  const folder = epochFolder(log, state.epoch);
  const border = await readFiles(folder, state.size).catch((error: unknown) => {
    if (error instanceof RangeError) return null;
    throw error;
  });
  if (border && isOf(border, state)) return border;
  throw new Halt(
    "tiles_disagree",
    `The tiles in ${folder} are not those of the ${state.size} entries that were signed.`,
  );
}
