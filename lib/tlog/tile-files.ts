// A log directory on disk: tiles of hashes and bundles of entries, C2SP tlog-tiles. Files are immutable once named by a
// checkpoint; a partial one may have been removed when its full one came, so the full one is looked for first.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { badInput, unavailable } from "#lib/errors.ts";
import { HASH_BYTES, type Hash } from "./hashing.ts";
import { memoryTree } from "./memory-tree.ts";
import type { NodeSource } from "./proofs.ts";
import type { NodeAt } from "./ranges.ts";
import { TILE_WIDTH, type TileAt, tileOfNode, tilePath, tileWidth } from "./tiles.ts";

/** What the length of an entry in a bundle has room for. */
export const MAX_ENTRY_BYTES = 65_535;
const LENGTH_BYTES = 2;

export function tileBytes(hashes: readonly Hash[]): Buffer {
  if (hashes.some(({ length }) => length !== HASH_BYTES))
    throw new RangeError("a tile holds hashes of 32 bytes");
  return Buffer.concat(hashes);
}

/** Each entry behind its length in two bytes. Throws bad_input for an entry that is longer than they can say. */
export function bundleBytes(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) {
        throw badInput(`An entry of the log has ${MAX_ENTRY_BYTES} bytes at most, not ${entry.length}.`);
      }
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** Null where the bytes are not a whole number of hashes. */
export function parseTile(bytes: Buffer): Hash[] | null {
  if (bytes.length % HASH_BYTES !== 0) return null;
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** Null where an entry is cut off. */
export function parseBundle(bytes: Buffer): Buffer[] | null {
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + LENGTH_BYTES > bytes.length) return null;
    const begin = at + LENGTH_BYTES;
    const end = begin + bytes.readUInt16BE(at);
    if (end > bytes.length) return null;
    entries.push(bytes.subarray(begin, end));
    at = end;
  }
  return entries;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** The first `at.width` items; the full file is looked for again, in case it came and the partial one went meanwhile. */
async function readItems<T>(
  directory: string,
  at: TileAt,
  parse: (bytes: Buffer) => T[] | null,
): Promise<T[]> {
  for (const width of [TILE_WIDTH, at.width, TILE_WIDTH]) {
    const path = tilePath({ ...at, width });
    const bytes = await readIfThere(join(directory, path));
    if (!bytes) continue;
    const items = parse(bytes);
    if (items?.length !== width) {
      throw unavailable(`The log's ${path} is damaged: ${bytes.length} bytes are not its ${width} items.`);
    }
    return items.slice(0, at.width);
  }
  throw unavailable(`The log's ${tilePath(at)} is missing.`);
}

/** Nodes of the tree of `size` leaves, read from the tiles under `directory` (that of one epoch). */
export function tileNodes(directory: string, size: number): NodeSource {
  return async (nodes: readonly NodeAt[]) => {
    const read = new Map<string, Promise<Hash[]>>();
    const hashesOf = (level: number, index: number): Promise<Hash[]> => {
      const at = { level, index, width: tileWidth(level, index, size) };
      const path = tilePath(at);
      const hashes = read.get(path) ?? readItems(directory, at, parseTile);
      read.set(path, hashes);
      return hashes;
    };
    return Promise.all(
      nodes.map(async (node) => {
        const { level, index, from, to } = tileOfNode(node);
        if (to > tileWidth(level, index, size)) {
          throw new RangeError(`no node ${node.index} on level ${node.level} of a tree of ${size}`);
        }
        return memoryTree((await hashesOf(level, index)).slice(from, to)).root;
      }),
    );
  };
}

/** The entries of bundle `index` that a log of `size` entries has: leaves 256 · index and following. */
export async function readBundleEntries(directory: string, index: number, size: number): Promise<Buffer[]> {
  const width = tileWidth("entries", index, size);
  if (width === 0) throw new RangeError(`no bundle ${index} in a log of ${size}`);
  return readItems(directory, { level: "entries", index, width }, parseBundle);
}
