// Tiles that were lost or damaged are made again from the database, where that still has exactly what was signed.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { tilePath } from "#lib/tlog/tiles.ts";
import { epochFolder } from "./border.ts";
import { type Disk, errnoOf, SHARED_FILE } from "./disk.ts";
import { Halt } from "./halt.ts";
import { leavesOf } from "./numbering/leaves.ts";
import type { OwnState } from "./own-state.ts";
import { EMPTY_BORDER, type GrowingTree, growTree, type TileFile } from "./tree.ts";

async function isDamaged(path: string, bytes: Buffer): Promise<boolean> {
  try {
    return !(await readFile(path)).equals(bytes);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    throw error;
  }
}

/** Grows the tree that was signed; `onTiles` gets every tile of it. */
async function regrow(
  client: pg.ClientBase,
  state: OwnState,
  onTiles: (tiles: readonly TileFile[]) => Promise<void>,
): Promise<GrowingTree> {
  const tree = growTree(EMPTY_BORDER);
  for await (const leaves of leavesOf(client, state.epoch, 0, state.size)) {
    for (const { body, hash } of leaves) tree.append(body, hash);
    await onTiles(tree.takeFull());
  }
  await onTiles(tree.unfinished());
  return tree;
}

/** The tree to go on with. Nothing is written before the whole of it is known to be the one that was signed. */
export async function rebuild(
  client: pg.ClientBase,
  disk: Disk,
  log: string,
  state: OwnState,
): Promise<GrowingTree> {
  const tree = await regrow(client, state, async () => undefined);
  if (tree.root().toString("hex") !== state.root) {
    const sentence = `The tiles in ${epochFolder(log, state.epoch)} are damaged, and the database has not what was signed.`;
    throw new Halt("tiles_disagree", sentence);
  }
  await regrow(client, state, async (tiles) => {
    for (const { at, bytes } of tiles) {
      const path = join(epochFolder(log, state.epoch), tilePath(at));
      if (!(await isDamaged(path, bytes))) continue;
      await disk.removeFolder(path);
      await disk.keep([{ path, bytes }], SHARED_FILE);
    }
  });
  return tree;
}
