// A disk that is really full: the notary in a mount namespace of its own, its folders on a tmpfs of a megabyte.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { openNote } from "#lib/tlog/note.ts";
import { consistencyProof, isConsistent } from "#lib/tlog/proofs.ts";
import { readBundleEntries, tileNodes } from "#lib/tlog/tile-files.ts";
import { readOwnState } from "./own-state.ts";

const PAGE = 4096;
/** Anybody may make a mount namespace inside a user namespace; root needs none. */
const UNSHARE = process.getuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
const MOUNT = 'mount -t tmpfs -o size=1m,mode=0700 none "$0" && mkdir -m 0700 "$0/log" "$0/own" && exec "$@"';

let scene: NotaryScene;
let mounted: string;
let child: ChildProcess;
let exited: Promise<unknown>;
let said: string;
let written: number;

beforeEach(async () => {
  scene = await notaryScene();
  written = 0;
  said = "";
  mounted = await mkdtemp(join(tmpdir(), "pilothouse-full-disk-"));
  const main = new URL("./main.ts", import.meta.url).pathname;
  child = spawn("unshare", [...UNSHARE, "sh", "-c", MOUNT, mounted, process.execPath, main], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      DATABASE_URL: scene.database.urls.notary,
      PILOTHOUSE_NOTARY: join(mounted, "own"),
      PILOTHOUSE_LOG: join(mounted, "log"),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  exited = once(child, "close");
});
afterEach(async () => {
  child.kill("SIGKILL");
  await exited;
  await rmdir(mounted);
  await scene.end();
});

/** A path as the notary's own namespace has it. */
const inside = (path: string) => join(`/proc/${child.pid}/root`, mounted, path);
const folder = () => inside("log/1");

async function append(count: number): Promise<void> {
  await scene.append(...Array.from({ length: count }, (_, at) => `entry ${written + at}`));
  written += count;
}

async function published() {
  const note = await readFile(join(folder(), "checkpoint")).catch(() => null); // not there yet
  return note === null ? null : parseCheckpoint(openNote(note).text);
}

const reaches = (size: number) =>
  expect.poll(async () => (await published())?.size, { timeout: 20_000, message: said }).toBe(size);

/** Takes all space but so many pages; returns what gives it back. */
async function fillBut(pages: number): Promise<() => Promise<void>> {
  const path = inside("filler");
  const filler = await open(path, "w");
  let size = 0;
  try {
    for (;;) size += (await filler.write(Buffer.alloc(PAGE, 1), 0, PAGE, size)).bytesWritten;
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
    await filler.truncate(size - pages * PAGE);
  } finally {
    await filler.close();
  }
  return () => rm(path);
}

/** What is signed lies in whole files, is what the notary remembers, and is under the rows of checkpoints. */
async function expectSigned(size: number): Promise<void> {
  const bodies = (await scene.numbered()).map((body) => Buffer.from(body));
  const head = await published();
  const { root } = memoryTree(bodies.slice(0, size).map(leafHash));
  expect([head?.size, head?.root.equals(root)]).toEqual([size, true]);
  expect((await readOwnState(inside("own")))?.size).toBeGreaterThanOrEqual(size);
  for (let bundle = 0; bundle * 256 < size; bundle++)
    expect(await readBundleEntries(folder(), bundle, size)).toEqual(
      bodies.slice(bundle * 256, Math.min(size, bundle * 256 + 256)),
    );
  const nodes = tileNodes(folder(), size);
  // The file is out before its row is.
  await expect.poll(async () => (await scene.checkpoints()).at(-1)?.size, { timeout: 20_000 }).toBe(size);
  const checkpoints = await scene.checkpoints();
  for (const old of checkpoints)
    expect(isConsistent(old.size, old.root, size, root, await consistencyProof(old.size, size, nodes))).toBe(
      true,
    );
}

test("a full disk, at whichever write, is an alarm; nothing is signed that is not on it; with room the log goes on", async () => {
  await append(300);
  await reaches(300);
  let failures = 0;
  // Bundle, tile, own state: each is once the one that does not fit. The checkpoint takes the page the old state leaves.
  for (let pages = 0; pages <= 5; pages++) {
    const before = written;
    const freeAgain = await fillBut(pages);
    await append(10);
    const raised = async () =>
      (await scene.alarms()).join() || ((await published())?.size === written && "signed");
    await expect.poll(raised, { timeout: 20_000, message: said }).toMatch(/^(disk|signed)$/);
    if ((await raised()) === "disk") {
      failures += 1;
      await expectSigned(before);
      await expect.poll(async () => (await scene.numbered()).length).toBe(written); // numbering needs no disk of ours
    }
    await freeAgain();
    await reaches(written);
    await expect.poll(scene.alarms, { timeout: 20_000 }).toEqual([]);
    await expectSigned(written);
  }
  expect(failures).toBeGreaterThanOrEqual(3);
  expect(said).toMatch(/The log's files cannot be written: ENOSPC/);
});
