import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keptSecret } from "./kept-secret.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-secret-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a secret is made once, readable for its owner alone, with nothing left beside it", async () => {
  const path = join(folder, "deep/secret");
  const first = await keptSecret(path);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await keptSecret(path)).toBe(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, "deep"))).toEqual(["secret"]);
});

test("everybody who races for a secret gets the same one", async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => keptSecret(join(folder, "secret"))));
  expect(new Set(secrets).size).toBe(1);
  expect(await readdir(folder)).toEqual(["secret"]);
});

test("a secret somebody put there is used as it is", async () => {
  await writeFile(join(folder, "secret"), "chosen by hand\n");
  expect(await keptSecret(join(folder, "secret"))).toBe("chosen by hand");
});
