import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { disconnectDatabase } from "#lib/db.ts";
import { readEntry } from "#lib/record/rules.ts";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { parseVerifier } from "#lib/tlog/keys.ts";
import { openNote, verifiedBy } from "#lib/tlog/note.ts";
import { retireKey, rotateKey } from "./change-keys.ts";
import { operatorAt } from "./operator.ts";

let scene: NotaryScene;
const environment = process.env.DATABASE_URL;

beforeEach(async () => {
  scene = await notaryScene();
  process.env.DATABASE_URL = scene.database.urls.web;
});
afterEach(async () => {
  process.env.DATABASE_URL = environment;
  await disconnectDatabase();
  await scene.end();
});

const operator = () => operatorAt(scene.folders, {});
const read = (name: string) => readFile(join(scene.folders.log, "1", name), "utf8");
const verifiers = async () => (await read("vkey")).trim().split("\n").map(parseVerifier);

async function entries() {
  const { rows } = await scene.database.owner.query<{ body: Buffer }>(
    "select body from log_entry order by seq",
  );
  return rows.map(({ body }) => readEntry(body));
}

describe("the keys of the log", () => {
  test("are added by an entry, which both keys sign", async () => {
    await scene.start().tick();
    const [first] = await verifiers();
    const added = parseVerifier(await rotateKey(operator()));
    await scene.start().tick();
    const signed = verifiedBy(openNote(await read("checkpoint")), [...(first ? [first] : []), added]);
    expect(signed.map(({ keyId }) => keyId).sort()).toEqual([first?.keyId, added.keyId].sort());
    expect(await entries()).toMatchObject([
      { kind: "log.key_added", actor: { name: "operator" }, detail: { key_id: added.keyId } },
    ]);
  });

  test("are retired by an entry, and sign no more", async () => {
    await scene.start().tick();
    const [first] = await verifiers();
    const added = parseVerifier(await rotateKey(operator()));
    await scene.start().tick();
    await retireKey(operator(), first?.keyId ?? "");
    await scene.start().tick();
    expect((await verifiers()).map(({ keyId }) => keyId)).toEqual([added.keyId]);
    expect((await entries()).at(-1)).toMatchObject({
      kind: "log.key_retired",
      detail: { key_id: first?.keyId },
    });
    expect(await scene.alarms()).toEqual([]);
  });

  test("probe: are not retired down to none", async () => {
    await scene.start().tick();
    const [only] = await verifiers();
    await expect(retireKey(operator(), only?.keyId ?? "")).rejects.toThrow(/No other key could sign/);
    await expect(retireKey(operator(), "00000000")).rejects.toThrow(
      `No key 00000000 signs this log; there are ${only?.keyId}.`,
    );
    expect(await entries()).toEqual([]);
  });

  test("cannot be changed before there is a log", async () => {
    await expect(rotateKey(operator())).rejects.toThrow(/There is no log yet/);
  });
});
