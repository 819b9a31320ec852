// A restored database and an operator who begins a new epoch, with the real notary in between.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { disconnectDatabase } from "#lib/db.ts";
import { readEntry } from "#lib/record/rules.ts";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { openNote } from "#lib/tlog/note.ts";
import { readBundleEntries } from "#lib/tlog/tile-files.ts";
import { realDisk } from "#notary/disk.ts";
import { giveOrder } from "#notary/order.ts";
import { readOwnState } from "#notary/own-state.ts";
import type { Step } from "#notary/tick.ts";
import { operatorAt } from "./operator.ts";
import { startEpoch } from "./start-epoch.ts";

let scene: NotaryScene;
let web: pg.Client;
const environment = process.env.DATABASE_URL;

beforeEach(async () => {
  scene = await notaryScene();
  process.env.DATABASE_URL = scene.database.urls.web;
  web = new pg.Client({ connectionString: scene.database.urls.web });
  await web.connect();
  await append(0, 300);
  await scene.start().tick();
  await append(300, 400);
  await scene.start().tick();
});
afterEach(async () => {
  process.env.DATABASE_URL = environment;
  await disconnectDatabase();
  await web.end();
  await scene.end();
});

const bodyOf = (at: number) => `{"id":"ent_${String(at).padStart(4, "0")}"}`;
const append = (from: number, to: number) =>
  scene.append(...Array.from({ length: to - from }, (_, at) => bodyOf(from + at)));

/** The database is one of `size` entries again. */
async function restore(size: number): Promise<void> {
  const { owner } = scene.database;
  await owner.query("alter table log_entry disable trigger user; alter table log_leaf disable trigger user");
  await owner.query(
    "with gone as (delete from log_leaf where index >= $1 returning entry_id) delete from log_entry where id in (select entry_id from gone)",
    [size],
  );
  await owner.query("delete from log_checkpoint where size > $1", [size]);
  await owner.query("update notary_state set size = $1, position = $1", [size]);
  await owner.query("alter table log_entry enable trigger user; alter table log_leaf enable trigger user");
}

const begin = () => startEpoch(operatorAt(scene.folders, {}), web, testClock(), "the disk of the host died");

const checkpointOf = async (epoch: number) => {
  const note = await readFile(join(scene.folders.log, String(epoch), "checkpoint"), "utf8");
  return { note, ...parseCheckpoint(openNote(note).text) };
};

async function firstEntry(epoch: number) {
  const { size } = await checkpointOf(epoch);
  const [body] = await readBundleEntries(join(scene.folders.log, String(epoch)), 0, size);
  return readEntry(body ?? Buffer.alloc(0));
}

describe("a new epoch", () => {
  test("begins with the entry that says what was signed before, what is kept, and what is lost", async () => {
    const old = await checkpointOf(1);
    await restore(260);
    await append(500, 503); // written after the restore
    expect(await scene.start().serve()).toBe(1000);
    expect(await begin()).toMatchObject({ epoch: 2, kept: 260 });
    expect(await scene.start().serve()).toBe(100);
    expect(await scene.alarms()).toEqual([]);

    const entry = await firstEntry(2);
    expect(entry).toMatchObject({ kind: "log.epoch_started", actor: { kind: "system", name: "operator" } });
    expect(entry.detail).toEqual({
      old_origin: old.origin,
      old_size: 400,
      old_root: old.root.toString("hex"),
      checkpoint_sha256: createHash("sha256").update(old.note).digest("hex"),
      kept: 260,
      lost_from: 260,
      lost_to: 399,
      lost_first: "ent_0260",
      lost_last: "ent_0399",
      reason_sha256: createHash("sha256").update("the disk of the host died").digest("hex"),
    });
    expect(await checkpointOf(2)).toMatchObject({ size: 4 });
    expect((await checkpointOf(2)).origin).toBe(old.origin.replace(/1$/, "2"));
    expect((await scene.numbered()).slice(260).map((body) => body.slice(0, 14))).toEqual([
      expect.stringMatching(/^\{"about":/),
      ...[500, 501, 502].map((at) => bodyOf(at).slice(0, 14)),
    ]);
    const { rows } = await scene.database.owner.query("select max(position)::int as last from log_leaf");
    expect(rows[0].last).toBe(263);
    expect((await checkpointOf(1)).note).toBe(old.note); // the old one stays, and stays verifiable
  });

  test("goes on like others, also after a restart and a second restore", async () => {
    await restore(300);
    await begin();
    await scene.start().serve();
    await append(600, 620);
    await scene.start().serve();
    const { owner } = scene.database;
    await owner.query(
      "alter table log_entry disable trigger user; alter table log_leaf disable trigger user",
    );
    await owner.query(
      "with gone as (delete from log_leaf where epoch = 2 returning entry_id) delete from log_entry where id in (select entry_id from gone)",
    );
    await owner.query("delete from log_epoch where epoch = 2");
    await owner.query("update notary_state set epoch = 1, size = 300, position = 300");
    expect(await scene.start().serve()).toBe(1000);
    expect(await begin()).toMatchObject({ epoch: 3, kept: 0 });
    await scene.start().serve();
    expect((await firstEntry(3)).detail).toMatchObject({ old_size: 21, kept: 0, lost_from: 0, lost_to: 20 });
    expect(await scene.alarms()).toEqual([]);
  });

  test("is refused while the database holds everything that was signed", async () => {
    await expect(begin()).rejects.toThrow(/holds all 400 entries that were signed/);
    await append(400, 401);
    expect(await scene.start().serve()).toBe(100);
    await expect(begin()).rejects.toThrow(/holds all 401/);
  });

  test("after everything was lost, database and all, still cites the old checkpoint", async () => {
    const { owner } = scene.database;
    await owner.query(
      "alter table log_entry disable trigger user; alter table log_leaf disable trigger user",
    );
    await owner.query(
      "delete from log_leaf; delete from log_entry; delete from notary_state; delete from log_epoch",
    );
    expect(await begin()).toMatchObject({ epoch: 2, kept: 0 });
    expect(await scene.start().serve()).toBe(100);
    expect((await firstEntry(2)).detail).toMatchObject({
      old_size: 400,
      kept: 0,
      lost_from: 0,
      lost_to: 399,
    });
  });

  test("after the notary's own state was lost goes by what it had published", async () => {
    await rm(join(scene.folders.own, "state.json"));
    expect(await scene.start().serve()).toBe(1000);
    expect(await begin()).toMatchObject({ epoch: 2, kept: 400 });
    expect(await scene.start().serve()).toBe(100);
    expect((await firstEntry(2)).detail).toMatchObject({ old_size: 400, kept: 400, lost_from: null });
  });

  test("ends the common part at the first entry whose bytes were changed, whatever its row says of its hash", async () => {
    await restore(390);
    const { owner } = scene.database;
    await owner.query("alter table log_entry disable trigger user");
    await owner.query("update log_entry set body = 'edited' where id = $1", [`ent_${bodyOf(17)}`]);
    expect(await begin()).toMatchObject({ kept: 17 });
  });

  test("is refused where nothing was ever published", async () => {
    await rm(scene.folders.log, { recursive: true });
    await mkdir(scene.folders.log);
    await expect(begin()).rejects.toThrow(/No checkpoint was published yet/);
  });
});

describe("an order that was interrupted", () => {
  test("keeps the notary from numbering until the command is given again", async () => {
    await restore(200);
    const state = await readOwnState(scene.folders.own);
    await giveOrder(realDisk, scene.folders.own, {
      logId: state?.logId ?? "",
      epoch: 2,
      entryId: null,
      kept: {},
    });
    expect(await scene.start().serve()).toBe(1000);
    expect(await scene.alarms()).toEqual(["database_disagrees"]);
    await begin();
    expect(await scene.start().serve()).toBe(100);
    expect(await scene.alarms()).toEqual([]);
    expect((await firstEntry(2)).kind).toBe("log.epoch_started");
  });

  test("by a crash of the notary after the database began the epoch is finished by the next start", async () => {
    await restore(200);
    await begin();
    let writes = 0;
    const replace: typeof realDisk.replace = async (...file) => {
      writes += 1;
      if (writes === 1) throw new Error("killed");
      return realDisk.replace(...file);
    };
    await expect(scene.start({ disk: { ...realDisk, replace } }).tick()).rejects.toThrow("killed");
    expect((await readOwnState(scene.folders.own))?.epoch).toBe(1);
    expect(await scene.start().serve()).toBe(100);
    const { size, root } = await checkpointOf(2);
    const entries = await readBundleEntries(join(scene.folders.log, "2"), 0, size);
    expect(root.equals(memoryTree(entries.map(leafHash)).root)).toBe(true);
    expect(await scene.alarms()).toEqual([]);
  });

  test("by kills between the pieces in which its entries are numbered leads to the same tree", async () => {
    await restore(260);
    await append(500, 550);
    await begin();
    const at = (step: Step) => {
      if (step === "numbered") throw new Error("killed");
    };
    for (let kill = 0; kill < 10; kill++)
      await expect(scene.start({ piece: 7, at }).tick()).rejects.toThrow("killed");
    const notary = scene.start({ piece: 7 });
    let round = await notary.tick();
    while (round.isBehind) round = await notary.tick();
    expect(round.signed).toMatchObject({ epoch: 2, size: 51 });
    const entries = await readBundleEntries(join(scene.folders.log, "2"), 0, 51);
    expect(entries.slice(1).map(String)).toEqual(Array.from({ length: 50 }, (_, nth) => bodyOf(500 + nth)));
    expect((await checkpointOf(2)).root.equals(memoryTree(entries.map(leafHash)).root)).toBe(true);
  });

  test("probe: by an entry somebody else numbered is not taken; nothing is begun with another first entry", async () => {
    await restore(200);
    const state = await readOwnState(scene.folders.own);
    const order = { logId: state?.logId ?? "", epoch: 2, entryId: `ent_${bodyOf(3)}`, kept: { "1": 200 } };
    await giveOrder(realDisk, scene.folders.own, order);
    expect(await scene.start().serve()).toBe(1000);
    expect((await readOwnState(scene.folders.own))?.epoch).toBe(1);
  });
});
