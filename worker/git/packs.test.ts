// The border between a quarantine's folder, where a sandbox wrote, and a mirror of ours.
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adoptPacks, removeLeftovers } from "./packs.ts";

const NAME = `pack-${"a".repeat(40)}`;
const LARGEST = 1000;

let folder: string;
let from: string;
let mirror: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-packs-"));
  [from, mirror] = [join(folder, "quarantine"), join(folder, "mirror")];
  await mkdir(from);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const adopted = () => readdir(join(mirror, "objects/pack"));
const leave = (name: string, bytes: string) => writeFile(join(from, name), bytes);

async function expectRefused(): Promise<void> {
  await expect(adoptPacks(from, mirror, LARGEST)).rejects.toThrow();
  expect(await adopted()).toEqual([]);
}

describe("packs of a sandbox", () => {
  test("arrive whole, read-only and with their index; nothing else of the folder comes along", async () => {
    await leave(`${NAME}.pack`, "the pack");
    await leave(`${NAME}.idx`, "its index");
    await leave("config", "[core]");
    await leave("pack-short.pack", "x");
    expect(await adoptPacks(from, mirror, LARGEST)).toEqual([`${NAME}.pack`]);
    expect((await adopted()).sort()).toEqual([`${NAME}.idx`, `${NAME}.pack`]);
    const path = join(mirror, "objects/pack", `${NAME}.pack`);
    expect(await readFile(path, "utf8")).toBe("the pack");
    expect((await stat(path)).mode & 0o777).toBe(0o444);
  });

  test("probe: a symbolic link in a pack's place is not followed", async () => {
    await writeFile(join(folder, "secret"), "secret");
    await symlink(join(folder, "secret"), join(from, `${NAME}.pack`));
    await expectRefused();
  });

  test("probe: a hard link to a file of the host is not taken", async () => {
    await writeFile(join(folder, "secret"), "secret");
    await link(join(folder, "secret"), join(from, `${NAME}.pack`));
    await expectRefused();
  });

  test("probe: neither is a folder, nor one byte more than is allowed", async () => {
    await mkdir(join(from, `${NAME}.pack`));
    await expectRefused();
    await rm(join(from, `${NAME}.pack`), { recursive: true });
    await leave(`${NAME}.pack`, "x".repeat(LARGEST + 1));
    await expectRefused();
  });

  test("probe: a pack without its index is told, and what was copied stays invisible to git", async () => {
    await leave(`${NAME}.pack`, "the pack");
    await expect(adoptPacks(from, mirror, LARGEST)).rejects.toThrow(/ENOENT/);
    expect((await adopted()).filter((name) => name.endsWith(".idx"))).toEqual([]);
  });

  test("what a killed copy left behind goes, and packs stay", async () => {
    await leave(`${NAME}.pack`, "the pack");
    await leave(`${NAME}.idx`, "its index");
    await adoptPacks(from, mirror, LARGEST);
    await writeFile(join(mirror, "objects/pack", "tmp_1_x.pack"), "half");
    await removeLeftovers(mirror);
    expect((await adopted()).sort()).toEqual([`${NAME}.idx`, `${NAME}.pack`]);
  });
});
