import { mkdir, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leafHash } from "./hashing.ts";
import { memoryTree } from "./memory-tree.ts";
import { consistencyProof, inclusionProof, rootAt } from "./proofs.ts";
import {
  bundleBytes,
  parseBundle,
  parseTile,
  readBundleEntries,
  tileBytes,
  tileNodes,
} from "./tile-files.ts";
import { hashesOnLevel, TILE_WIDTH, type TileAt, tilePath, tileWidth } from "./tiles.ts";

const SIZE = 66_000;
const ENTRIES = Array.from({ length: SIZE }, (_, at) => Buffer.from(`{"index":${at}}`));
const tree = memoryTree(ENTRIES.map(leafHash));

let folder = "";

async function put(at: TileAt, bytes: Buffer): Promise<void> {
  const path = join(folder, tilePath(at));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

async function writeLog(size: number): Promise<void> {
  for (let level = 0; hashesOnLevel(level, size) > 0; level += 1) {
    for (let index = 0; tileWidth(level, index, size) > 0; index += 1) {
      const width = tileWidth(level, index, size);
      const nodes = Array.from({ length: width }, (_, at) => ({
        level: level * 8,
        index: index * TILE_WIDTH + at,
      }));
      await put({ level, index, width }, tileBytes(tree.source(nodes)));
      if (level > 0) continue;
      const entries = ENTRIES.slice(index * TILE_WIDTH, index * TILE_WIDTH + width);
      await put({ level: "entries", index, width }, bundleBytes(entries));
    }
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-"));
  await writeLog(SIZE);
  await writeLog(300);
});
afterAll(() => rm(folder, { recursive: true }));

describe("a log directory", () => {
  test("gives the roots and proofs of the tree, over three levels of tiles", async () => {
    const source = tileNodes(folder, SIZE);
    expect(await rootAt(SIZE, source)).toEqual(tree.root);
    for (const [index, old] of [
      [0, 1],
      [255, 256],
      [256, 257],
      [65_535, 65_536],
      [65_999, 65_999],
    ] as const) {
      expect(await inclusionProof(index, SIZE, source)).toEqual(
        await inclusionProof(index, SIZE, tree.source),
      );
      expect(await consistencyProof(old, SIZE, source)).toEqual(
        await consistencyProof(old, SIZE, tree.source),
      );
    }
  });

  test("gives those of an older size from its partial tiles, or from the full ones that came since", async () => {
    for (const size of [300, 257, 65_600]) {
      const source = tileNodes(folder, size);
      expect(await rootAt(size, source)).toEqual(await rootAt(size, tree.source));
    }
  });

  test("gives the entries of a bundle, no more than the size has", async () => {
    expect(await readBundleEntries(folder, 0, SIZE)).toEqual(ENTRIES.slice(0, 256));
    expect(await readBundleEntries(folder, 257, SIZE)).toEqual(ENTRIES.slice(257 * 256, SIZE));
    expect(await readBundleEntries(folder, 1, 300)).toEqual(ENTRIES.slice(256, 300));
    await expect(readBundleEntries(folder, 2, 300)).rejects.toThrow("no bundle 2");
  });

  test("reads each tile once for all nodes of a question, and keeps none for the next", async () => {
    const [at, away] = [join(folder, "tile/0/003"), join(folder, "aside")];
    const source = tileNodes(folder, SIZE);
    const nodes = Array.from({ length: 256 }, (_, offset) => ({ level: 0, index: 768 + offset }));
    expect(await source(nodes)).toEqual(tree.source(nodes));
    await rename(at, away);
    await expect(source(nodes)).rejects.toThrow("tile/0/003 is missing");
    await rename(away, at);
  });

  test("probe: a missing, cut or lengthened file is named, and nothing is made up for it", async () => {
    const last = { level: 0, index: 257, width: 208 } as const;
    const path = join(folder, tilePath(last));
    const source = tileNodes(folder, SIZE);
    const leaf = [{ level: 0, index: SIZE - 1 }];
    await truncate(path, 208 * 32 - 1);
    await expect(source(leaf)).rejects.toMatchObject({
      code: "unavailable",
      message: "The log's tile/0/257.p/208 is damaged: 6655 bytes are not its 208 items.",
    });
    await truncate(path, 209 * 32);
    await expect(source(leaf)).rejects.toThrow("damaged");
    await rm(path);
    await expect(source(leaf)).rejects.toThrow("The log's tile/0/257.p/208 is missing.");
    await writeLog(SIZE);
    const bundle = { ...last, level: "entries" } as const;
    await put(bundle, Buffer.of(0, 9, 1));
    await expect(readBundleEntries(folder, 257, SIZE)).rejects.toThrow("tile/entries/257.p/208 is damaged");
    await put(bundle, bundleBytes(ENTRIES.slice(257 * 256)));
  });

  test("probe: nodes past the size are not read, even where a full tile has them", async () => {
    await expect(tileNodes(folder, 300)([{ level: 0, index: 300 }])).rejects.toThrow("no node 300");
    await expect(tileNodes(folder, 300)([{ level: 9, index: 0 }])).rejects.toThrow("no node 0 on level 9");
  });
});

describe("the bytes", () => {
  test("of a bundle come back as the entries", () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 256 });
    fc.assert(
      fc.property(entries, (list) => {
        const buffers = list.map((entry) => Buffer.from(entry));
        expect(parseBundle(bundleBytes(buffers))).toEqual(buffers);
      }),
    );
    const largest = Buffer.alloc(65_535, 1);
    expect(parseBundle(bundleBytes([largest, Buffer.alloc(0)]))).toEqual([largest, Buffer.alloc(0)]);
    expect(bundleBytes([Buffer.from("ab")])).toEqual(Buffer.from([0, 2, 0x61, 0x62]));
  });

  test("probe: of a bundle are no entries when they end early", () => {
    const bytes = bundleBytes([Buffer.from("abc"), Buffer.from("def")]);
    for (const end of [1, 2, 4, 6, 9]) expect(parseBundle(bytes.subarray(0, end))).toBeNull();
  });

  test("probe: an entry longer than its length can say is refused", () => {
    expect(() => bundleBytes([Buffer.alloc(65_536)])).toThrow("65535 bytes at most, not 65536");
  });

  test("of a tile are its hashes, and nothing of another length", () => {
    const hashes = [leafHash(Buffer.of(1)), leafHash(Buffer.of(2))];
    expect(parseTile(tileBytes(hashes))).toEqual(hashes);
    expect(parseTile(Buffer.alloc(33))).toBeNull();
    expect(() => tileBytes([Buffer.alloc(31)])).toThrow("32 bytes");
  });
});
