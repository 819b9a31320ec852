import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCheckpoint } from "../tlog/checkpoint.ts";
import { leafHash } from "../tlog/hashing.ts";
import { parseVerifier } from "../tlog/keys.ts";
import { memoryTree } from "../tlog/memory-tree.ts";
import { openNote, verifiedBy } from "../tlog/note.ts";
import { testDatabase } from "./database.ts";
import { sequenceLog } from "./notary.ts";

const database = await testDatabase();

async function append(...texts: string[]): Promise<void> {
  for (const text of texts)
    await database.owner.query(
      "insert into log_entry (id, kind, about, body) values ($1, 'test', '{}', $2)",
      [`ent_${text}`, Buffer.from(text)],
    );
}

test("after a round everything committed has a number, lies in tiles, and is under a checkpoint", async () => {
  await append("one", "two");
  expect(await sequenceLog(database)).toMatchObject({ signed: { epoch: 1, size: 2 } });
  await append("three");
  const { folders, signed, numbered } = await sequenceLog(database);
  expect([numbered, signed?.size, process.env.PILOTHOUSE_LOG]).toEqual([1, 3, folders.log]);

  const { rows } = await database.owner.query("select entry_id, index::int from log_leaf order by index");
  expect(rows.map((row) => row.entry_id)).toEqual(["ent_one", "ent_two", "ent_three"]);
  const epoch = join(folders.log, "1");
  const note = openNote(await readFile(join(epoch, "checkpoint")));
  const tree = memoryTree(["one", "two", "three"].map((text) => leafHash(Buffer.from(text))));
  expect(parseCheckpoint(note.text)).toMatchObject({ origin: signed?.origin, size: 3, root: tree.root });
  const vkey = parseVerifier((await readFile(join(epoch, "vkey"), "utf8")).trim());
  expect(verifiedBy(note, [vkey])).toHaveLength(1);
  expect((await readFile(join(epoch, "tile/0/000.p/3"))).length).toBe(96);
  expect((await readFile(join(epoch, "tile/entries/000.p/3"))).toString("latin1")).toBe(
    "\0\x03one\0\x03two\0\x05three",
  );
  const { rows: checkpoints } = await database.owner.query(
    "select size::int from log_checkpoint order by size",
  );
  expect(checkpoints).toEqual([{ size: 2 }, { size: 3 }]);
});
