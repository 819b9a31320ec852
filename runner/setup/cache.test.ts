import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { quietLogger } from "#lib/testing/setup/setup-scene.ts";
import { type CacheOptions, createSetupCache } from "./cache.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pilothouse-cache-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const open = (options: Partial<CacheOptions> = {}) =>
  createSetupCache({ folder, logger: quietLogger, ...options });
const key = (letter: string) => letter.repeat(64);
const made = (bytes: number) => async (into: string) => {
  mkdirSync(join(into, "0"));
  writeFileSync(join(into, "0", "file"), "x");
  return { contents: "f".repeat(64), entries: 2, bytes, manifests: 1 };
};

test("what was kept is found by its key, also by the next runner process, and nothing else is", async () => {
  const cache = open();
  expect(await cache.find(key("a"))).toBeNull();
  const kept = await cache.store(key("a"), made(10));
  expect(existsSync(join(kept.folderOf(0), "file"))).toBe(true);
  for (const each of [cache, open()]) {
    expect(await each.find(key("a"))).toMatchObject({
      seen: { key: key("a"), entries: 2, bytes: 10 },
      manifests: 1,
    });
    expect(await each.find(key("b"))).toBeNull();
  }
});

test("what could not be made leaves nothing behind", async () => {
  const cache = open();
  const broken = async (into: string) => {
    writeFileSync(join(into, "half"), "x");
    throw new Error("no");
  };
  await expect(cache.store(key("a"), broken)).rejects.toThrow("no");
  expect(readdirSync(folder)).toEqual([]);
});

test("what was used longest ago makes room, and what is needed now stays whatever it takes", async () => {
  const cache = open({ mostBytes: 100 });
  await cache.store(key("a"), made(40));
  await cache.store(key("b"), made(40));
  await cache.find(key("a"));
  await cache.store(key("c"), made(40));
  expect(readdirSync(folder).sort()).toEqual([key("a"), key("c")]);
  await cache.store(key("d"), made(500));
  expect(readdirSync(folder)).toEqual([key("d")]);
});

test("what another start of the host wrote, a crash left or nobody knows is removed", async () => {
  await open({ boot: async () => "yesterday" }).store(key("a"), made(1));
  await open().find(key("a"));
  expect(readdirSync(folder)).toEqual([]);
  await open().store(key("b"), made(1));
  mkdirSync(join(folder, "new-abc"));
  mkdirSync(join(folder, key("c")));
  expect(await open().find(key("c"))).toBeNull();
  expect(readdirSync(folder)).toEqual([key("b")]);
});

test("an entry whose account is damaged is made anew", async () => {
  const cache = open();
  await cache.store(key("a"), made(1));
  writeFileSync(join(folder, key("a"), "meta.json"), "{");
  expect(await cache.find(key("a"))).toBeNull();
  await cache.store(key("a"), made(2));
  expect(await cache.find(key("a"))).toMatchObject({ seen: { bytes: 2 } });
});

test("a sandbox's own user may enter it, whatever the folder was", async () => {
  chmodSync(folder, 0o700);
  await open().find(key("a"));
  expect(statSync(folder).mode & 0o777).toBe(0o755);
});
