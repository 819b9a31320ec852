// Reads back what was written: the unfinished tiles a restart goes on from. They must be those of the tree that was
// signed last, hash by hash.
import { join } from "node:path";
import { AppError, messageOf } from "#lib/errors.ts";
import { type Hash, leafHash } from "#lib/tlog/hashing.ts";
import { readBundleEntries, tileNodes } from "#lib/tlog/tile-files.ts";
import { hashesOnLevel, TILE_HEIGHT, TILE_WIDTH } from "#lib/tlog/tiles.ts";
import { Halt } from "./halt.ts";
import type { OwnState } from "./own-state.ts";
import { type Border, edgeOf } from "./tree.ts";

export const epochFolder = (log: string, epoch: number): string => join(log, String(epoch));

async function readFiles(folder: string, size: number): Promise<Border> {
  const nodes = tileNodes(folder, size);
  const levels: Hash[][] = [];
  for (let level = 0; hashesOnLevel(level, size) > 0; level++) {
    const hashes = hashesOnLevel(level, size);
    const width = hashes % TILE_WIDTH;
    const unfinished = Array.from({ length: width }, (_, at) => ({
      level: level * TILE_HEIGHT,
      index: hashes - width + at,
    }));
    levels.push(await nodes(unfinished));
  }
  const isFull = size % TILE_WIDTH === 0;
  const entries = isFull ? [] : await readBundleEntries(folder, Math.floor(size / TILE_WIDTH), size);
  return { size, levels, entries };
}

function isOf(border: Border, state: OwnState): boolean {
  const edge = edgeOf(border).map((hash) => hash.toString("hex"));
  const leaves = border.levels[0] ?? [];
  return (
    edge.join() === state.edge.join() &&
    border.entries.every((entry, at) => leaves[at]?.equals(leafHash(entry)) === true)
  );
}

/** Throws Halt where the files are not those of `state`. */
export async function readBorder(log: string, state: OwnState): Promise<Border> {
  const folder = epochFolder(log, state.epoch);
  try {
    const border = await readFiles(folder, state.size);
    if (isOf(border, state)) return border;
  } catch (error) {
    if (error instanceof AppError) throw new Halt("tiles_disagree", `In ${folder}: ${messageOf(error)}`);
    throw error;
  }
  throw new Halt(
    "tiles_disagree",
    `The tiles in ${folder} are not those of the ${state.size} entries that were signed.`,
  );
}
