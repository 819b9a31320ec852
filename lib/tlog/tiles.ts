// C2SP tlog-tiles: where a node or an entry lies, and the paths of tiles and entry bundles.
import type { NodeAt } from "./ranges.ts";

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/** A tile of level `level` holds node hashes of tree level `8 · level`; `entries` are bundles. `width` 1 to 256. */
export interface TileAt {
  readonly level: number | "entries";
  readonly index: number;
  readonly width: number;
}

/** 1234067 → `x001/x234/067`. */
function indexPath(index: number): string {
  const groups: string[] = [];
  for (let rest = index; ; rest = Math.floor(rest / 1000)) {
    groups.unshift(String(rest % 1000).padStart(3, "0"));
    if (rest < 1000) break;
  }
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
}

/** `tile/0/x001/x234/067`, a partial one with `.p/W` behind it. */
export function tilePath({ level, index, width }: TileAt): string {
  return `tile/${level}/${indexPath(index)}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

const PATH = /^tile\/(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/;

/** Null for anything that is not exactly how a tile is named. */
export function parseTilePath(path: string): TileAt | null {
  const [, kind, digits, partial] = PATH.exec(path) ?? [];
  if (kind === undefined || digits === undefined) return null;
  const index = Number(digits.replaceAll(/[x/]/g, ""));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const at: TileAt = { level: kind === "entries" ? kind : Number(kind), index, width };
  return Number.isSafeInteger(index) && width >= 1 && width <= TILE_WIDTH && tilePath(at) === path
    ? at
    : null;
}

/** How many hashes of tile level `level` a tree of `size` leaves has. */
export function hashesOnLevel(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Width of the tile `index` in a tree of `size`; 0 where it is empty and must not exist. */
export function tileWidth(level: number | "entries", index: number, size: number): number {
  const hashes = hashesOnLevel(level === "entries" ? 0 : level, size);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The tile a tree node lies under, and the hashes of it the node is the root of. */
export function tileOfNode({ level, index }: NodeAt): {
  level: number;
  index: number;
  from: number;
  to: number;
} {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const width = 2 ** (level % TILE_HEIGHT);
  const first = index * width;
  const tile = Math.floor(first / TILE_WIDTH);
  const from = first - tile * TILE_WIDTH;
  return { level: tileLevel, index: tile, from, to: from + width };
}
