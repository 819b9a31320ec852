import { existsSync } from "node:fs";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import { newId } from "../ids.ts";
import { asProcess, handIn, leaseOf } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { findGone } from "./find-gone.ts";
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

test("a file of which no row was written goes after thirty days, one that was deleted after a day; one that a row names stays", async () => {
  const runId = await launched();
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  const { rows } = await database.owner.query<{ id: string }>("select id from blob where run_id = $1", [
    runId,
  ]);
  const named = rows[0]?.id ?? "";
  const [old, newer, young] = [await stored(), await stored(), await stored()];
  await aged(path(named), 60 * DAY);
  await aged(path(old.id), 30 * DAY + HOUR);
  // As after a restore of an older database: nobody can tell that from an upload that broke off.
  await aged(path(newer.id), 30 * DAY - HOUR);
  await aged(path(young.id), DAY - HOUR);
  expect(await sweep()).toBe(1);
  const lying = () => [named, old.id, newer.id, young.id].map((id) => existsSync(path(id)));
  expect(lying()).toEqual([true, false, true, true]);
  expect(await sweep()).toBe(0);

  await database.owner.query("alter table blob disable trigger governed");
  await database.owner.query("update blob set deleted_at = now() where id = $1", [named]);
  await aged(path(named), DAY - HOUR);
  expect(await sweep()).toBe(0);
  await aged(path(named), DAY + HOUR);
  expect(await sweep()).toBe(1);
  expect(lying()).toEqual([false, false, true, true]);
  await database.owner.query("alter table blob enable trigger governed");
  for (const { id } of [newer, young]) await blobStore().remove(id);
});

test("contents that a row names and that are gone become a finding of their run, once; what is there is no matter", async () => {
  const runId = await launched();
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  const look = () => asProcess(database, "worker", () => findGone(seed));
  clock.advance(2 * DAY);
  const found = async () =>
    (
      await database.owner.query(
        "select rule, severity, evidence ->> 'text' as text from finding where run_id = $1",
        [runId],
      )
    ).rows;
  await look();
  expect(await found()).toEqual([]);
  const { rows } = await database.owner.query<{ id: string }>("select id from blob where run_id = $1", [
    runId,
  ]);
  await rm(path(rows[0]?.id ?? ""));
  expect(await look()).toBe(1);
  expect(await look()).toBe(0);
  expect(await found()).toEqual([
    {
      ...{ rule: "content_gone", severity: "high" },
      text: "One file is not in the folder of large contents: bundle.",
    },
  ]);
});

test("an upload that broke off in the middle goes too", async () => {
  const runId = await launched();
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  const { rows } = await database.owner.query<{ id: string }>("select id from blob where run_id = $1", [
    runId,
  ]);
  await aged(path(rows[0]?.id ?? ""), 2 * DAY);
  const id = newId("blob", clock.now());
  await mkdir(dirname(path(id)), { recursive: true });
  await writeFile(`${path(id)}.part`, "half");
  await aged(`${path(id)}.part`, 31 * DAY);
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
