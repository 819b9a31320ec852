import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { plantsWith, plantTree } from "./plants.ts";

const folder = mkdtempSync(join(tmpdir(), "pilothouse-plants-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const { path: work, head } = createRepository(join(folder, "work"), { "src/a.js": "one\n", "b.md": "b\n" });

const listing = (tree: string) =>
  playGit(work, ["-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", tree]).split("\n");

describe("a planted tree", () => {
  test("has what the base has, and the leaves where they belong", () => {
    const tree = plantTree(work, head, [
      { path: ["deep", "er", "file.js"], mode: "100644", content: "x" },
      { path: ["deep", "link"], mode: "120000", content: "/etc/passwd" },
      { path: ["sub"], mode: "160000", content: "1".repeat(40) },
    ]);
    expect(listing(tree)).toEqual(["b.md", "deep/er/file.js", "deep/link", "src/a.js", "sub"]);
    expect(playGit(work, ["ls-tree", tree, "sub"])).toContain(`160000 commit ${"1".repeat(40)}`);
    expect(playGit(work, ["cat-file", "blob", `${tree}:deep/link`])).toBe("/etc/passwd");
  });

  test("replaces an entry of the base's root by a leaf of its name", () => {
    const tree = plantTree(work, head, [{ path: ["b.md"], mode: "100644", content: "other" }]);
    expect(listing(tree)).toEqual(["b.md", "src/a.js"]);
    expect(playGit(work, ["cat-file", "blob", `${tree}:b.md`])).toBe("other");
  });

  test("keeps names as they are that no work tree could hold", () => {
    const tree = plantTree(work, head, [{ path: ["..", "a\nb"], mode: "100644", content: "x" }]);
    expect(playGit(work, ["ls-tree", "-r", "-z", "--name-only", tree]).split("\0")).toContain("../a\nb");
  });
});

describe("the plants", () => {
  const plants = plantsWith("touch /nowhere/canary");

  test("have names of their own and at least one leaf each", () => {
    expect(new Set(plants.map(({ name }) => name)).size).toBe(plants.length);
    expect(plants.filter(({ leaves }) => leaves.length === 0)).toEqual([]);
  });

  test("carry the canary's command wherever a program of the host might run it", () => {
    const armed = plants.filter(({ leaves }) =>
      leaves.some(({ content }) => content.includes("/nowhere/canary")),
    );
    expect(armed.length).toBeGreaterThanOrEqual(8);
  });

  test("can each be made, alone", () => {
    for (const { leaves } of plants) expect(plantTree(work, head, leaves)).toMatch(/^[0-9a-f]{40}$/);
  });
});
