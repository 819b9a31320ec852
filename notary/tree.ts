// The log's tree as it grows to the right. Of each tile level only the tile that is not full yet is held: its hashes
// are enough for the root of the whole tree and for everything that will be written.
import { EMPTY_ROOT, type Hash, nodeHash } from "#lib/tlog/hashing.ts";
import { foldNodes } from "#lib/tlog/ranges.ts";
import { bundleBytes, tileBytes } from "#lib/tlog/tile-files.ts";
import { TILE_WIDTH, type TileAt } from "#lib/tlog/tiles.ts";

export interface TileFile {
  readonly at: TileAt;
  readonly bytes: Buffer;
}

/** What the tree goes on from. `levels` are the hashes of each level's unfinished tile, `entries` its bundle's. */
export interface Border {
  readonly size: number;
  readonly levels: readonly (readonly Hash[])[];
  readonly entries: readonly Uint8Array[];
}

export const EMPTY_BORDER: Border = { size: 0, levels: [], entries: [] };

/** Root of a whole subtree, by joining neighbours. */
function perfectRoot(hashes: readonly Hash[]): Hash {
  let level = [...hashes];
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, at) =>
      nodeHash(level[2 * at] as Hash, level[2 * at + 1] as Hash),
    );
  }
  return level[0] ?? EMPTY_ROOT;
}

/** Roots of the fewest whole subtrees over one unfinished tile, left to right. */
function subtreesOf(tile: readonly Hash[]): Hash[] {
  const roots: Hash[] = [];
  let at = 0;
  for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
    if ((tile.length & width) === 0) continue;
    roots.push(perfectRoot(tile.slice(at, at + width)));
    at += width;
  }
  return roots;
}

/** The whole subtrees that cover the tree, largest first: what a restart compares with what it reads. */
export const edgeOf = ({ levels }: Pick<Border, "levels">): Hash[] =>
  [...levels].reverse().flatMap(subtreesOf);

export interface GrowingTree {
  readonly size: number;
  /** Hash of the leaf appended last; null where none was yet. */
  last(): Hash | null;
  /** `entry` are the leaf's bytes, `hash` is their leaf hash. */
  append(entry: Uint8Array, hash: Hash): void;
  /** Tiles and bundles that were filled since the last call. */
  takeFull(): TileFile[];
  /** The unfinished tiles and bundle as they are now. */
  unfinished(): TileFile[];
  edge(): Hash[];
  root(): Hash;
}

export function growTree(border: Border): GrowingTree {
  let { size } = border;
  const levels = border.levels.map((hashes) => [...hashes]);
  let entries = [...border.entries];
  let full: TileFile[] = [];
  let last: Hash | null = null;

  function push(level: number, index: number, hash: Hash): void {
    levels[level] ??= [];
    const tile = levels[level];
    tile.push(hash);
    if (tile.length < TILE_WIDTH) return;
    const tileIndex = Math.floor(index / TILE_WIDTH);
    full.push({ at: { level, index: tileIndex, width: TILE_WIDTH }, bytes: tileBytes(tile) });
    levels[level] = [];
    push(level + 1, tileIndex, perfectRoot(tile));
  }

  const partial = (level: number | "entries", held: readonly Uint8Array[], hashes: number): TileFile[] =>
    held.length === 0
      ? []
      : [
          {
            at: { level, index: Math.floor(hashes / TILE_WIDTH), width: held.length },
            bytes: level === "entries" ? bundleBytes(held) : Buffer.concat(held),
          },
        ];

  return {
    get size() {
      return size;
    },
    append(entry, hash) {
      entries.push(entry);
      if (entries.length === TILE_WIDTH) {
        const index = Math.floor(size / TILE_WIDTH);
        full.push({ at: { level: "entries", index, width: TILE_WIDTH }, bytes: bundleBytes(entries) });
        entries = [];
      }
      push(0, size, hash);
      size += 1;
      last = hash;
    },
    last: () => last,
    takeFull() {
      const taken = full;
      full = [];
      return taken;
    },
    unfinished: () => [
      ...partial("entries", entries, size),
      ...levels.flatMap((tile, level) => partial(level, tile, Math.floor(size / TILE_WIDTH ** level))),
    ],
    edge: () => edgeOf({ levels }),
    root: () => foldNodes(edgeOf({ levels })),
  };
}
