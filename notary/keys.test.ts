import { generateKeyPairSync } from "node:crypto";
import { chmod, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { parseVerifier } from "#lib/tlog/keys.ts";
import { openNote, verifiedBy } from "#lib/tlog/note.ts";
import { notaryEnv } from "./env.ts";
import { destroyKey, keepKey, keysFolder, newKey, readKeys } from "./keys.ts";
import { readOwnState } from "./own-state.ts";

let scene: NotaryScene;

beforeEach(async () => {
  scene = await notaryScene();
});
afterEach(() => scene.end());

const pemOf = (type: "ed25519" | "x25519") =>
  (type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519")).privateKey
    .export({ type: "pkcs8", format: "pem" })
    .toString();

const published = async () => openNote(await readFile(join(scene.folders.log, "1/checkpoint")));
const vkeys = async () =>
  (await readFile(join(scene.folders.log, "1/vkey"), "utf8")).trim().split("\n").map(parseVerifier);

async function round(body: string, given = {}): Promise<void> {
  await scene.append(body);
  await scene.start({ given }).serve();
}

describe("the key of the log", () => {
  test("is made on the first start, for its owner alone, and kept", async () => {
    await round("one");
    const [file = ""] = await readdir(keysFolder(scene.folders.own));
    expect((await stat(join(keysFolder(scene.folders.own), file))).mode & 0o777).toBe(0o600);
    expect((await stat(keysFolder(scene.folders.own))).mode & 0o777).toBe(0o700);
    const [first] = await vkeys();
    await round("two");
    expect((await vkeys()).map(({ keyId }) => keyId)).toEqual([first?.keyId]);
    expect(await readdir(keysFolder(scene.folders.own))).toHaveLength(1);
  });

  test.each(["pem", "file"] as const)("may be given as %s; then none is made", async (how) => {
    const pem = pemOf("ed25519");
    const file = join(scene.folders.own, "given.pem");
    await writeFile(file, pem, { mode: 0o600 });
    await round("one", how === "pem" ? { pem } : { file });
    expect(await vkeys()).toHaveLength(1);
    await expect(readdir(keysFolder(scene.folders.own))).rejects.toThrow(/ENOENT/);
  });

  test("probe: in a file that others can read is refused, with the command that helps", async () => {
    const file = join(scene.folders.own, "given.pem");
    await writeFile(file, pemOf("ed25519"));
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(file, mode);
      await expect(readKeys(scene.folders.own, { file })).rejects.toThrow(`chmod 600 ${file}`);
    }
    await round("one", { file });
    expect(await scene.alarms()).toEqual(["key_missing"]);
    expect(await scene.numbered()).toEqual(["one"]);
  });

  test("probe: of another kind, or no key at all, is refused", async () => {
    await expect(readKeys(scene.folders.own, { pem: pemOf("x25519") })).rejects.toThrow(/must be Ed25519/);
    await expect(readKeys(scene.folders.own, { pem: "no key" })).rejects.toThrow(
      /no private key in PEM form/,
    );
  });

  test("that is lost leaves everything numbered, nothing signed, and an alarm that says which", async () => {
    await round("one");
    const before = await readFile(join(scene.folders.log, "1/checkpoint"), "utf8");
    const [lost] = await vkeys();
    await rm(keysFolder(scene.folders.own), { recursive: true });
    await round("two");
    expect(await scene.numbered()).toEqual(["one", "two"]);
    expect(await readFile(join(scene.folders.log, "1/checkpoint"), "utf8")).toBe(before);
    const { rows } = await scene.database.owner.query("select kind, detail from notary_alarm");
    expect(rows).toEqual([
      {
        kind: "key_missing",
        detail: expect.stringContaining(`${lost?.keyId}, which signed this log, is gone`),
      },
    ]);
    await expect(readdir(keysFolder(scene.folders.own))).rejects.toThrow(/ENOENT/); // no other one is made
  });

  test("added to another one signs beside it, from the next checkpoint on", async () => {
    await round("one");
    await keepKey(scene.folders.own, newKey());
    await round("two");
    expect(await vkeys()).toHaveLength(2);
    expect(verifiedBy(await published(), await vkeys())).toHaveLength(2);
  });

  test("retired signs no more, is destroyed, and is not missed", async () => {
    await round("one");
    const old = (await readOwnState(scene.folders.own))?.signers[0] ?? "";
    const added = newKey();
    await keepKey(scene.folders.own, added);
    await round("two");
    await destroyKey(scene.folders.own, old, "the old verifier");
    await round("three");
    expect(await scene.alarms()).toEqual([]);
    expect((await readOwnState(scene.folders.own))?.signers).toEqual([added.publicHex]);
    expect((await published()).signatures).toHaveLength(1);
    expect((await readdir(keysFolder(scene.folders.own))).sort()).toEqual(
      [`${added.publicHex}.pem`, `${old}.retired`].sort(),
    );
  });

  test("that is lost is asked for until it is retired, also while another one signs", async () => {
    await round("one");
    const old = (await readOwnState(scene.folders.own))?.signers[0] ?? "";
    await rm(keysFolder(scene.folders.own), { recursive: true });
    await keepKey(scene.folders.own, newKey());
    await round("two");
    await round("three");
    expect(await scene.alarms()).toEqual(["key_missing"]);
    expect((await published()).text.split("\n")[1]).toBe("3");
    await destroyKey(scene.folders.own, old, "the old verifier");
    await round("four");
    expect(await scene.alarms()).toEqual([]);
  });
});

describe("the environment of the notary", () => {
  const complete = {
    NODE_ENV: "production",
    DATABASE_URL: "postgres://ph_notary:pw@127.0.0.1/d",
    PILOTHOUSE_NOTARY: "/n",
    PILOTHOUSE_LOG: "/l",
  } as const;

  test("is refused with everything that is wrong with it", () => {
    expect(() => notaryEnv({ ...complete, PILOTHOUSE_LOG: "l", DATABASE_URL: "mysql://h" })).toThrow(
      /DATABASE_URL[\s\S]*PILOTHOUSE_LOG must be an absolute path/,
    );
  });

  test("names one key at most", () => {
    const both = { ...complete, PILOTHOUSE_LOG_KEY: "pem", PILOTHOUSE_LOG_KEY_FILE: "/f" };
    expect(() => notaryEnv(both)).toThrow(/not by both/);
  });
});
