// Files changed on disk: the tiles and bundles that others read, the checkpoint, and the blobs.
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseBundle } from "#lib/tlog/tile-files.ts";
import { tilePath, tileWidth } from "#lib/tlog/tiles.ts";
import type { Random } from "../random.ts";
import type { Tried } from "./attempt.ts";
import { forged, leavesOf } from "./forge.ts";
import type { World } from "./world.ts";

type FileWork = (path: string, random: Random, others: readonly string[]) => Promise<void>;

const sizeOf = (note: string): number => Number(note.split("\n")[1]);

/** The tiles that a tree of this size consists of. */
function tilesOf({ folders, note }: World, levels: readonly (number | "entries")[]): string[] {
  const paths: string[] = [];
  for (const level of levels) {
    for (let index = 0; ; index++) {
      const width = tileWidth(level, index, sizeOf(note));
      if (width === 0) break;
      paths.push(join(folders.log, "1", tilePath({ level, index, width })));
    }
  }
  return paths;
}

async function blobsOf({ folders }: World): Promise<string[]> {
  const found = await readdir(folders.blobs, { recursive: true, withFileTypes: true });
  return found
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort();
}

const flip: FileWork = async (path, random) => {
  const bytes = await readFile(path);
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 + random.below(255));
  await writeFile(path, bytes);
};
const cut: FileWork = async (path, random) => {
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, random.below(bytes.length)));
};
const lose: FileWork = (path) => rm(path);
/** Two files that differ take each other's place. */
const swap: FileWork = async (path, random, others) => {
  const own = await readFile(path);
  const differing: string[] = [];
  for (const other of others) if (!(await readFile(other)).equals(own)) differing.push(other);
  const other = random.pick(differing);
  await rename(path, `${path}.kept`);
  await rename(other, path);
  await rename(`${path}.kept`, other);
};

const onFile = (
  name: string,
  list: (world: World) => Promise<string[]> | string[],
  work: FileWork,
): Tried => ({
  name,
  isDirty: true,
  async run(world, random) {
    const paths = await list(world);
    await work(random.pick(paths), random, paths);
    return {};
  },
});

/** What somebody sees who follows the tiles: entries from the bundles, under the checkpoint beside them. */
async function followed(world: World): Promise<string[]> {
  const payloads = new Map(
    leavesOf(world.lines).map(({ body, attached }) => [body.toString("utf8"), attached]),
  );
  const bodies: Buffer[] = [];
  for (const path of tilesOf(world, ["entries"])) bodies.push(...(parseBundle(await readFile(path)) ?? []));
  const leaves = bodies.map((body) => ({ body, attached: payloads.get(body.toString("utf8")) ?? [] }));
  return forged(leaves, await readFile(join(world.folders.log, "1", "checkpoint"), "utf8"));
}

const onBundles = (name: string, work: (world: World, random: Random) => Promise<void>): Tried => ({
  name,
  isDirty: true,
  async run(world, random) {
    await work(world, random);
    return { bundle: await followed(world) };
  },
});

const hashes = (world: World) => tilesOf(world, [0]);
const bundles = (world: World) => tilesOf(world, ["entries"]);

export const diskAttacks: readonly Tried[] = [
  onFile("a byte of a tile changed", hashes, flip),
  onFile("a tile cut", hashes, cut),
  onFile("a tile lost", hashes, lose),
  onFile("two tiles swapped", hashes, swap),
  onFile("a byte of a tile of nodes changed", (world) => tilesOf(world, [1]), flip),
  onFile("a byte of a blob changed", blobsOf, flip),
  onFile("a blob cut", blobsOf, cut),
  onFile("a blob lost", blobsOf, lose),
  onFile("two blobs swapped", blobsOf, swap),
  onBundles("a byte of an entry bundle changed", async (world, random) =>
    flip(random.pick(bundles(world)), random, []),
  ),
  onBundles("two entry bundles swapped", async (world, random) => {
    const paths = bundles(world);
    await swap(random.pick(paths), random, paths);
  }),
  onBundles("a byte of the published checkpoint changed", async (world, random) =>
    flip(join(world.folders.log, "1", "checkpoint"), random, []),
  ),
  onBundles("an older checkpoint published again", async (world) => {
    const note = world.held.replace(/^(.*\n)\d+/, (_, origin: string) => `${origin}${sizeOf(world.note)}`);
    await writeFile(join(world.folders.log, "1", "checkpoint"), note);
  }),
];
