// The tree over filled entries as the notary would have left it: its hash tiles, and its own state.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HASH_BYTES } from "#lib/tlog/hashing.ts";
import { tilePath } from "#lib/tlog/tiles.ts";
import { realDisk } from "#notary/disk.ts";
import { originOf, writeOwnState } from "#notary/own-state.ts";
import { EMPTY_BORDER, growTree, type TileFile } from "#notary/tree.ts";
import { type Filled, TILE } from "./fill.ts";
import type { NotaryFolders } from "./notary.ts";

/** Bundles would hold what the database holds; only hashes are written. */
const NOTHING = Buffer.alloc(0);

/** `tiles` are the leaf hashes, 256 in a piece; the size is a multiple of that. */
export async function fillTree(
  folders: NotaryFolders,
  { logId, size }: Pick<Filled, "logId" | "size">,
  tiles: AsyncIterable<Buffer>,
): Promise<void> {
  if (size % TILE !== 0) throw new RangeError(`${size} entries are no whole number of tiles`);
  const tree = growTree(EMPTY_BORDER);
  const write = async ({ at, bytes }: TileFile) => {
    if (at.level === "entries") return;
    const path = join(folders.log, "1", tilePath(at));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes, { mode: 0o640 });
  };
  let last = "";
  for await (const hashes of tiles) {
    for (let at = 0; at < hashes.length; at += HASH_BYTES)
      tree.append(NOTHING, hashes.subarray(at, at + HASH_BYTES));
    last = hashes.subarray(-HASH_BYTES).toString("hex");
    for (const tile of tree.takeFull()) await write(tile);
  }
  for (const tile of tree.unfinished()) await write(tile);
  if (tree.size !== size) throw new Error(`${tree.size} leaves were given, not ${size}`);
  await writeOwnState(realDisk, folders.own, {
    ...{ version: 1, logId, epoch: 1, origin: originOf(logId, 1), size, last, signers: [] },
    root: tree.root().toString("hex"),
    edge: tree.edge().map((hash) => hash.toString("hex")),
  });
}
