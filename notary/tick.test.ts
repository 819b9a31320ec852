// The round on real disk and database: what is written, what a crash at any step leads to, what a full disk leads to.
import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "#lib/logger.ts";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { parseVerifier } from "#lib/tlog/keys.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { openNote, verifiedBy } from "#lib/tlog/note.ts";
import { consistencyProof, isConsistent } from "#lib/tlog/proofs.ts";
import { readBundleEntries, tileNodes } from "#lib/tlog/tile-files.ts";
import { type Disk, realDisk } from "./disk.ts";
import { readOwnState } from "./own-state.ts";
import type { Step } from "./tick.ts";

let scene: NotaryScene;
let written: number;

beforeEach(async () => {
  scene = await notaryScene();
  written = 0;
});
afterEach(() => scene.end());

async function append(count: number): Promise<void> {
  await scene.append(...Array.from({ length: count }, (_, at) => `entry ${written + at}`));
  written += count;
}

const folder = () => join(scene.folders.log, "1");

/** Everything that is published is one growing tree over the entries, signed by the key people find beside it. */
async function expectWhole(size = written): Promise<void> {
  const bodies = (await scene.numbered()).map((body) => Buffer.from(body));
  const tree = memoryTree(bodies.map(leafHash));
  const note = openNote(await readFile(join(folder(), "checkpoint")));
  const published = parseCheckpoint(note.text);
  expect([published.size, published.root.equals(tree.root), bodies.length]).toEqual([size, true, size]);
  const vkey = parseVerifier((await readFile(join(folder(), "vkey"), "utf8")).trim());
  expect(verifiedBy(note, [vkey])).toHaveLength(1);
  const nodes = tileNodes(folder(), size);
  for (const { size: old, root, expected } of await scene.checkpoints()) {
    expect(root.equals(expected)).toBe(true);
    expect(isConsistent(old, root, size, published.root, await consistencyProof(old, size, nodes))).toBe(
      true,
    );
  }
  for (let bundle = 0; bundle * 256 < size; bundle++)
    expect(await readBundleEntries(folder(), bundle, size)).toEqual(
      bodies.slice(bundle * 256, bundle * 256 + 256),
    );
}

describe("rounds", () => {
  test("write the tiles of RFC 6962's tree at every size, across full tiles and restarts", async () => {
    let notary = scene.start();
    for (const count of [1, 1, 200, 53, 1, 1, 255, 1, 700, 300]) {
      await append(count);
      await notary.tick();
      if (count % 2 === 0) notary = scene.start();
    }
    await expectWhole();
  });

  test("leave no partial tile beside a full one", async () => {
    const notary = scene.start();
    for (const count of [100, 100, 100]) {
      await append(count);
      await notary.tick();
    }
    expect((await readdir(join(folder(), "tile/0"))).sort()).toEqual(["000", "001.p"]);
    expect((await readdir(join(folder(), "tile/entries"))).sort()).toEqual(["000", "001.p"]);
    await expectWhole();
  });

  test("publish a long backlog in pieces, each a checkpoint of its own", async () => {
    await append(7000);
    let now = 0;
    const clock = { now: () => (now += 400), sleep: async () => undefined };
    const notary = scene.start({ clock });
    const sizes: number[] = [];
    for (let behind = true; behind; ) {
      const round = await notary.tick();
      sizes.push(round.signed?.size ?? -1);
      behind = round.isBehind;
    }
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.at(-1)).toBe(7000);
    await expectWhole();
  });

  test("that take longer than a second say how long each step of them took", async () => {
    await append(10);
    let now = 0;
    const clock = { now: () => (now += 100), sleep: async () => undefined };
    const lines: string[] = [];
    const logger = createLogger("notary", { write: (line) => void lines.push(line) });
    await scene.start({ clock, logger }).tick();
    const said = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "a round took long");
    expect(said).toHaveLength(1);
    expect(said[0].total).toBeGreaterThan(1000);
    expect(Object.keys(said[0].ms)).toEqual([
      ...["head", "look", "number", "keys", "border", "read", "tiles", "state", "publish", "tidy"],
    ]);
    lines.length = 0;
    await scene.start({ logger, clock: { ...clock, now: () => 0 } }).tick();
    expect(lines.some((line) => line.includes("took long"))).toBe(false);
  });

  test("sign an empty log too, so that its key and name are there to be copied", async () => {
    await scene.start().tick();
    await expectWhole(0);
  });
});

class Crash extends Error {}

describe("a crash", () => {
  test.each<Step>(["numbered", "tiles_written", "state_written", "published"])(
    "after “%s” leads to the same tree",
    async (step) => {
      await append(300);
      await scene.start().tick();
      for (let again = 0; again < 2; again++) {
        await append(130);
        const at = (reached: Step) => {
          if (reached === step) throw new Crash();
        };
        await expect(scene.start({ at }).tick()).rejects.toThrow(Crash);
      }
      await append(1);
      await scene.start().tick();
      await expectWhole();
    },
  );

  test("between tiles and state cannot be answered with another tree", async () => {
    await append(10);
    await scene.start().tick();
    await append(5);
    const at = (step: Step) => {
      if (step === "tiles_written") throw new Crash();
    };
    await expect(scene.start({ at }).tick()).rejects.toThrow(Crash);
    await writeFile(join(folder(), "tile/0/000.p/15"), Buffer.alloc(15 * 32));
    expect(await scene.start().serve()).toBe(1000);
    expect(await scene.alarms()).toEqual(["tiles_disagree"]);
    expect((await readOwnState(scene.folders.own))?.size).toBe(10);
  });
});

describe("a disk that fails", () => {
  /** The write of that number fails, having left half a file beside its place. */
  function failing(at: number): Disk & { count(): number } {
    let count = 0;
    const torn = async (path: string, bytes: Uint8Array | string) => {
      count += 1;
      if (count < at) return;
      await writeFile(`${path}.new`, bytes.slice(0, bytes.length / 2)).catch(() => undefined);
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", errno: -28 });
    };
    return {
      count: () => count,
      replace: async (path, bytes, mode) => (await torn(path, bytes)) ?? realDisk.replace(path, bytes, mode),
      keep: async (files, mode) => {
        for (const { path, bytes } of files) await torn(path, bytes);
        return realDisk.keep(files, mode);
      },
      removeFolder: realDisk.removeFolder,
    };
  }

  test("at any write publishes nothing that is not whole, says so, and goes on when there is space", async () => {
    await append(260);
    await scene.start().tick();
    const probe = failing(Number.POSITIVE_INFINITY);
    await append(10);
    await scene.start({ disk: probe }).tick();
    expect(probe.count()).toBe(5);
    for (let at = 1; at <= probe.count(); at++) {
      await append(10);
      const before = await readFile(join(folder(), "checkpoint"), "utf8");
      const notary = scene.start({ disk: failing(at) });
      expect(await notary.serve()).toBe(1000);
      expect(await scene.alarms()).toEqual(["disk"]);
      expect(await readFile(join(folder(), "checkpoint"), "utf8")).toBe(before);
      await scene.start().serve();
      expect(await scene.alarms()).toEqual([]);
      await expectWhole();
    }
  });

  test("goes on numbering meanwhile", async () => {
    await append(1);
    await scene.start().tick();
    await append(20);
    await scene.start({ disk: failing(1) }).serve();
    expect(await scene.numbered()).toHaveLength(21);
  });
});

describe("files of the log that are lost or damaged", () => {
  test.each([
    ["the unfinished tile is gone", () => rm(join(folder(), "tile/0/001.p"), { recursive: true })],
    ["everything is gone", () => rm(folder(), { recursive: true })],
    ["a tile is cut off", () => truncate(join(folder(), "tile/0/001.p/44"), 100)],
    ["a bundle holds other bytes", () => writeFile(join(folder(), "tile/entries/001.p/44"), "\0\x05other")],
  ])("are made again from the database where %s", async (_, damage) => {
    await append(300);
    await scene.start().tick();
    await damage();
    await append(5);
    await scene.start().serve();
    expect(await scene.alarms()).toEqual([]);
    await expectWhole();
  });
});
