import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFileBy } from "./file-writer.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-writer-"));
  path = join(folder, "patch.bundle");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("what is written piece by piece is one file, with its length and digest", async () => {
  const written = await writeFileBy(path, async (write) => {
    for (const piece of ["one ", "", "two"]) await write(Buffer.from(piece));
  });
  const sha256 = createHash("sha256").update("one two").digest("hex");
  expect(written).toEqual({ path, bytes: 7, sha256 });
  expect(await readFile(path, "utf8")).toBe("one two");
});

test("probe: nothing is left of a file whose writing failed in the middle", async () => {
  const writing = writeFileBy(path, async (write) => {
    await write(Buffer.from("half"));
    throw new Error("the process ended");
  });
  await expect(writing).rejects.toThrow("the process ended");
  expect(await readdir(folder)).toEqual([]);
});

test("probe: a file or a link that is there already is neither written over nor removed", async () => {
  await writeFile(path, "kept");
  await symlink(path, join(folder, "link"));
  for (const taken of [path, join(folder, "link")])
    await expect(writeFileBy(taken, (write) => write(Buffer.from("new")))).rejects.toThrow(/EEXIST/);
  expect(await readFile(path, "utf8")).toBe("kept");
});
