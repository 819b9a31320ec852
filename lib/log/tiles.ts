// The files the notary writes, as web and worker read them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { may } from "../authz/require.ts";
import { folderOf } from "../env.ts";
import { type AppError, forbidden, notFound, refused } from "../errors.ts";
import type { Scope } from "../scope.ts";
import type { Hash } from "../tlog/hashing.ts";
import { type NodeSource, rootAt } from "../tlog/proofs.ts";
import { tileNodes } from "../tlog/tile-files.ts";
import { parseTilePath, tilePath } from "../tlog/tiles.ts";

function epochFolder(epoch: number): string {
  const root = folderOf("PILOTHOUSE_LOG");
  if (!Number.isSafeInteger(epoch) || epoch < 1) throw notFound("log");
  return join(root, String(epoch));
}

export interface SignedTree {
  readonly epoch: number;
  readonly size: number;
  readonly root: Hash;
}

export const contradiction = (sentence: string): AppError => refused(sentence);

/**
 * The tree a checkpoint names. Throws unavailable where tiles are missing, and refused where they do not lead to the
 * signed root: what is on disk is then not what was signed.
 */
export async function openTree({ epoch, size, root }: SignedTree): Promise<NodeSource> {
  const source = tileNodes(epochFolder(epoch), size);
  if (!(await rootAt(size, source)).equals(root)) {
    throw contradiction(
      `The tiles of log ${epoch} do not lead to the root that was signed for ${size} entries.`,
    );
  }
  return source;
}

async function fileOf(epoch: number, path: string): Promise<Buffer> {
  try {
    return await readFile(join(epochFolder(epoch), path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR") throw notFound("file of the log");
    throw error;
  }
}

/**
 * A tile by the path tlog-tiles gives it. Throws not_found for any other path, so none leads out of the folder. Who may
 * read one pilot's log gets hashes, which say nothing but how many entries there are: entries hold ids with 65 random
 * bits. A bundle holds the entries of all pilots, and is for who may read all.
 */
export async function openTile(scope: Scope, epoch: number, path: string): Promise<Buffer> {
  const at = parseTilePath(path);
  if (!at) throw notFound("file of the log");
  if (at.level === "entries" && !may(scope, "log.export", null))
    throw forbidden(
      "Bundles hold the entries of all pilots, and you may read one. Export its entries instead.",
    );
  const bytes = await fileOf(epoch, tilePath(at));
  if (bytes.length === 0) throw notFound("file of the log");
  return bytes;
}

export const readCheckpoint = (epoch: number): Promise<Buffer> => fileOf(epoch, "checkpoint");
