import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { readEntry } from "#lib/record/rules.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { readBorder } from "#notary/border.ts";
import { readOwnState } from "#notary/own-state.ts";
import { fillLog, leafTiles, wholeTiles } from "./fill.ts";
import { fillTree } from "./fill-tree.ts";

const database = await testDatabase();

test("sizes are whole tiles", () => {
  expect([1, 256, 400, 1e6].map(wholeTiles)).toEqual([256, 256, 512, 999_936]);
});

test("what is filled is what the product would have written: entries, numbers, terms, indexes, tiles and state", async () => {
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  const data = await mkdtemp(join(tmpdir(), "pilothouse-fill-"));
  try {
    const indexes = `select indexdef from pg_indexes where tablename in ('log_entry', 'log_leaf', 'log_term') order by 1`;
    const before = (await owner.query(indexes)).rows;
    const filled = await fillLog(owner, 1024);
    expect((await owner.query(indexes)).rows).toEqual(before);
    const { rows } = await owner.query<{ body: Buffer; kind: string; about: string[]; hash: Buffer }>(
      "select e.body, e.kind, e.about, l.hash from log_leaf l join log_entry e on e.id = l.entry_id order by l.index",
    );
    expect(rows).toHaveLength(1024);
    for (const { body, kind, about, hash } of rows) {
      const entry = readEntry(body); // refuses what is not canonical, or not of its kind
      expect({ kind: entry.kind, about: entry.about }).toEqual({ kind, about });
      expect(hash).toEqual(leafHash(body));
    }
    await expect(owner.query("delete from log_entry")).rejects.toThrow("append-only");
    const folders = { log: join(data, "log"), own: join(data, "own") };
    await mkdir(folders.own);
    await fillTree(folders, filled, leafTiles(owner, filled.size));
    const state = await readOwnState(folders.own);
    expect(state?.root).toBe(memoryTree(rows.map(({ hash }) => hash)).root.toString("hex"));
    if (!state) throw new Error("there is no state");
    expect((await readBorder(folders.log, state)).size).toBe(1024);
    const terms = await owner.query("select term from log_term where position = 2 order by 1");
    expect(terms.rows.map(({ term }) => term.replace(/:.*/, ""))).toEqual(["actor", "kind", "pilot", "run"]);
  } finally {
    await owner.end();
    await rm(data, { recursive: true, force: true });
  }
});
