// A database that was restored, edited or made anew: the notary signs nothing that is no extension of what it signed.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";

let scene: NotaryScene;

beforeEach(async () => {
  scene = await notaryScene();
  await scene.append("one", "two", "three", "four");
  await scene.start().tick();
});
afterEach(() => scene.end());

const checkpoint = () => readFile(join(scene.folders.log, "1/checkpoint"), "utf8");

/** As the owner of everything may. */
async function edit(...statements: string[]): Promise<void> {
  const { owner } = scene.database;
  await owner.query("alter table log_entry disable trigger all; alter table log_leaf disable trigger user");
  for (const statement of statements) await owner.query(statement);
}

/** A database whose last entries never happened. */
const restore = () =>
  edit(
    "delete from log_leaf where index >= 2",
    "delete from log_entry where id in ('ent_three', 'ent_four')",
    "update notary_state set size = 2, position = 2",
  );

async function expectStandstill(kind: string, ...says: RegExp[]): Promise<void> {
  const before = await checkpoint();
  const { rows: numbers } = await scene.database.owner.query("select count(*)::int as count from log_leaf");
  for (let again = 0; again < 2; again++) expect(await scene.start().serve()).toBe(1000);
  expect(await checkpoint()).toBe(before);
  const { rows } = await scene.database.owner.query("select kind, detail from notary_alarm");
  expect(rows.map((row) => row.kind)).toEqual([kind]);
  for (const pattern of says) expect(rows[0].detail).toMatch(pattern);
  const { rows: after } = await scene.database.owner.query("select count(*)::int as count from log_leaf");
  expect(after).toEqual(numbers);
}

describe("probe: a database", () => {
  test("restored to an older state is neither numbered nor signed, also when it grew since", async () => {
    await restore();
    await scene.append("other three", "other four", "other five");
    await expectStandstill("database_disagrees", /4 entries were signed.*numbers only 2/, /new epoch/);
  });

  test("restored, and numbered by somebody else to the size that was signed, is found by its last entry", async () => {
    await restore();
    await scene.append("other three", "other four");
    await edit(
      `insert into log_leaf select 1 + row_number() over (order by seq), 1, 1 + row_number() over (order by seq), id, at,
         sha256('\\x00'::bytea || body) from log_entry where id like 'ent_other%'`,
      "update notary_state set size = 4, position = 4",
    );
    await expectStandstill("database_disagrees", /Entry 3 is not the one that was signed/);
  });

  test("whose entry was edited before it was signed is found by its hash", async () => {
    await scene.append("five");
    const crash = () => {
      throw new Error("ended here");
    };
    await expect(scene.start({ at: crash }).tick()).rejects.toThrow("ended here");
    await edit("update log_entry set body = 'fife' where id = 'ent_five'");
    await expectStandstill("database_disagrees", /Entry 4 is not what was numbered/);
  });

  test("whose entry is gone before it was signed is found", async () => {
    await scene.append("five");
    const crash = () => {
      throw new Error("ended here");
    };
    await expect(scene.start({ at: crash }).tick()).rejects.toThrow("ended here");
    await edit("delete from log_entry where id = 'ent_five'");
    await expectStandstill("database_disagrees", /Entry 4 is not what was numbered/);
  });

  test("made anew does not begin a log of the same name", async () => {
    await edit("truncate log_leaf, notary_state, log_epoch");
    await expectStandstill("database_disagrees", /4 entries were signed, and the database knows no log/);
  });

  test("that says another epoch began does not begin one", async () => {
    await edit(
      "insert into log_epoch (epoch, origin, started_at) values (2, 'pilothouse/0123456789abcdef/2', now())",
      "update notary_state set epoch = 2, size = 0",
    );
    await expectStandstill("database_disagrees", /the database is at pilothouse\/0123456789abcdef\/2/);
  });

  test("that agrees again is gone on with, and the alarm is over", async () => {
    await edit("update notary_state set size = 2");
    await expectStandstill("database_disagrees");
    await edit("update notary_state set size = 4");
    await scene.append("five");
    expect(await scene.start().serve()).toBe(100);
    expect(await scene.alarms()).toEqual([]);
    expect(await scene.numbered()).toHaveLength(5);
  });

  test("that refuses what it should not is an alarm, not an end", async () => {
    await edit("revoke insert on log_leaf from ph_notary");
    await scene.append("five");
    await expectStandstill("database_refuses", /42501/);
  });
});

describe("the notary's own state", () => {
  test("lost, does not make it begin again", async () => {
    await rm(join(scene.folders.own, "state.json"));
    await expectStandstill("state_lost", /holds epoch 1 of pilothouse.*own state is gone/);
  });

  test("unreadable, is no empty start", async () => {
    await writeFile(join(scene.folders.own, "state.json"), '{"version":1');
    await expectStandstill("state_lost", /cannot be used/);
  });
});
