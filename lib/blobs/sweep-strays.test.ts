import { existsSync } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import { newId } from "../ids.ts";
import { asProcess, handIn, leaseOf } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { blobStore, storeBytes } from "./service.ts";
import { sweepStrays } from "./sweep-strays.ts";

const { database, clock, seed, runner, launched } = await runScene();
const sweep = () => asProcess(database, "worker", () => sweepStrays(seed));
const stored = () => storeBytes(Readable.from([Buffer.from("bytes")]), 100, clock.now());
const path = (id: string) => blobStore().path(id);
const aged = (file: string, milliseconds: number) => {
  const at = new Date(clock.now() - milliseconds);
  return utimes(file, at, at);
};

test("probe: of a database that names none of them not even few are removed", async () => {
  const { id } = await stored();
  await aged(path(id), 2 * DAY);
  expect(await sweep()).toBe(0);
  expect(existsSync(path(id))).toBe(true);
  await blobStore().remove(id);
});

test("a file of which no row was written goes after a day, and no earlier; one that a row names stays", async () => {
  const runId = await launched();
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  const { rows } = await database.owner.query<{ id: string }>("select id from blob where run_id = $1", [
    runId,
  ]);
  const named = rows[0]?.id ?? "";
  const [old, young] = [await stored(), await stored()];
  await aged(path(named), 30 * DAY);
  await aged(path(old.id), DAY + HOUR);
  await aged(path(young.id), DAY - HOUR);
  expect(await sweep()).toBe(1);
  expect([named, old.id, young.id].map((id) => existsSync(path(id)))).toEqual([true, false, true]);
  expect(await sweep()).toBe(0);
});

test("an upload that broke off in the middle goes too", async () => {
  const id = newId("blob", clock.now());
  await mkdir(dirname(path(id)), { recursive: true });
  await writeFile(`${path(id)}.part`, "half");
  await aged(`${path(id)}.part`, 2 * DAY);
  expect(await sweep()).toBe(1);
  expect(existsSync(`${path(id)}.part`)).toBe(false);
});

test("probe: what is no blob is left alone: caches, files of others, links", async () => {
  const root = dirname(dirname(path(newId("blob", 0))));
  const others = ["bases/rep_1-a.bundle", "ab/README.md", "ab/blb_short", "loose.txt"];
  for (const name of others) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), "not ours");
    await aged(join(root, name), 30 * DAY);
  }
  expect(await sweep()).toBe(0);
  expect(others.every((name) => existsSync(join(root, name)))).toBe(true);
});

test("probe: a database that knows hardly a file of the folder is another one: nothing is removed", async () => {
  const files = await Promise.all(Array.from({ length: 21 }, stored));
  for (const { id } of files) await aged(path(id), 2 * DAY);
  await expect(sweep()).rejects.toThrow("is the database this folder's? None was removed.");
  expect(files.every(({ id }) => existsSync(path(id)))).toBe(true);
});
