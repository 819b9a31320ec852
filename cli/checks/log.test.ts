import { chmod, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "#lib/clock.ts";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { keysFolder } from "#notary/keys.ts";
import { layoutAt } from "../layout.ts";
import { checkLog, inWords } from "./log.ts";

let scene: NotaryScene;

beforeEach(async () => {
  scene = await notaryScene();
});
afterEach(() => scene.end());

/** The scene's two folders are named as a deployment's are. */
const layout = () => layoutAt(dirname(scene.folders.own));
const check = () => checkLog(layout(), Date.now(), {});

describe("the doctor's look at the log", () => {
  test("finds nothing wrong before there is one", async () => {
    expect(await check()).toMatchObject({ ok: true, sentence: expect.stringMatching(/begins.*first time/) });
  });

  test("says its name, how far it is signed and since when, and by which key", async () => {
    await scene.append("one", "two");
    await scene.start().tick();
    const { ok, sentence } = await checkLog(layout(), Date.now() + 3 * HOUR, {});
    expect(ok).toBe(true);
    expect(sentence).toMatch(
      /^pilothouse\/[0-9a-f]{16}\/1: checkpoint over 2 entries, written 3 h ago, key [0-9a-f]{8}\.$/,
    );
  });

  test("names a key that is gone, and what to do", async () => {
    await scene.start().tick();
    await scene.append("one");
    await scene.start().tick();
    await rm(keysFolder(scene.folders.own), { recursive: true });
    expect(await check()).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/is gone.*rotate-key/),
    });
  });

  test("fails for a key that others can read, a lost checkpoint, and a state that is damaged", async () => {
    await scene.append("one");
    await scene.start().tick();
    const [name = ""] = await readdir(keysFolder(scene.folders.own));
    const key = join(keysFolder(scene.folders.own), name);
    await chmod(key, 0o644);
    expect((await check()).sentence).toContain(`chmod 600 ${key}`);
    await chmod(key, 0o600);
    await rm(join(scene.folders.log, "1/checkpoint"));
    expect((await check()).sentence).toMatch(/There is no checkpoint/);
    await writeFile(join(scene.folders.own, "state.json"), "{");
    expect((await check()).sentence).toMatch(/cannot be read/);
  });
});

test.each([
  [0, "0 s"],
  [59_999, "59 s"],
  [MINUTE, "1 min"],
  [3 * HOUR + 1, "3 h"],
  [400 * DAY, "400 d"],
])("%i ms is %s", (milliseconds, words) => expect(inWords(milliseconds)).toBe(words));
