import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf, whenChanged } from "./stamps.ts";

let root: string;
let runs: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pilothouse-stamps-"));
  runs = 0;
  await mkdir(join(root, "app/deep"), { recursive: true });
  await writeFile(join(root, "app/page.tsx"), "page");
  await writeFile(join(root, "app/deep/view.tsx"), "view");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const build = (sources = ["app", "public"]) =>
  whenChanged({ root, name: "build", sources, result: "out" }, async () => {
    runs++;
    await writeFile(join(root, "out"), "built");
  });

describe("work on unchanged sources", () => {
  test("is done once", async () => {
    expect([await build(), await build(), await build()]).toEqual([true, false, false]);
    expect(runs).toBe(1);
  });

  test.each([
    ["a file changed", () => writeFile(join(root, "app/page.tsx"), "egap")],
    ["a file deep down was added", () => writeFile(join(root, "app/deep/more.tsx"), "")],
    ["a file was removed", () => rm(join(root, "app/deep/view.tsx"))],
    [
      "a folder that had been absent came",
      () => mkdir(join(root, "public")).then(() => writeFile(join(root, "public/a"), "")),
    ],
    ["the result was deleted", () => rm(join(root, "out"))],
    ["the dependencies were installed anew", () => rm(join(root, "node_modules"), { recursive: true })],
  ])("is done again when %s", async (_, change) => {
    await build();
    await change();
    expect(await build()).toBe(true);
  });

  test("is done again after it failed", async () => {
    const failing = whenChanged({ root, name: "build", sources: ["app"], result: "out" }, async () => {
      await writeFile(join(root, "out"), "half");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await build(["app"])).toBe(true);
  });

  test("is done again after it broke off on other sources, though these are the old ones again", async () => {
    await build(["app"]);
    await writeFile(join(root, "app/page.tsx"), "other");
    const failing = whenChanged({ root, name: "build", sources: ["app"], result: "out" }, () =>
      Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    await writeFile(join(root, "app/page.tsx"), "page");
    expect(await build(["app"])).toBe(true);
  });

  test("is not done again because a test changed", async () => {
    await build();
    await writeFile(join(root, "app/page.test.tsx"), "test");
    expect(await build()).toBe(false);
  });

  test("is told apart by what a file is called and where it ends", async () => {
    const before = await digestOf(root, ["app"]);
    await writeFile(join(root, "app/page.tsx"), "pag");
    await writeFile(join(root, "app/page.tsxe"), "");
    expect(await digestOf(root, ["app"])).not.toBe(before);
  });
});
