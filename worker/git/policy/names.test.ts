import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  collisions,
  foldedName,
  forbiddenName,
  isGitDirectoryName,
  isMisleadingName,
  prefixesOf,
} from "./names.ts";

describe("names that read as .git", () => {
  test.each([
    ".git",
    ".GIT",
    ".Git",
    "git~1",
    "GIT~1",
    "git~22",
    ".g\u200dit",
    ".git\u200c",
    ".git.",
    ".git ",
    ".git . .",
    ".git::$INDEX_ALLOCATION",
    "a\\.git",
    "\ufeff.git",
  ])("probe: %j is one", (name) => {
    expect(isGitDirectoryName(name)).toBe(true);
    expect(forbiddenName(`src/${name}/config`)).not.toBeNull();
  });

  test.each([".github", ".gitignore", "git", "gi.t", ".git2", "my.git", "git~", "git~a", ".gitx."])(
    "%j is none",
    (name) => {
      expect(isGitDirectoryName(name)).toBe(false);
      expect(forbiddenName(`src/${name}`)).toBeNull();
    },
  );

  test.each(["..", "a/../b", "./a", "a//b", "/a", "a/"])("probe: the path %j is forbidden", (path) => {
    expect(forbiddenName(path)).not.toBeNull();
  });
});

describe("misleading names", () => {
  test.each([
    "a\u001b[31m",
    "a\nb",
    "-rf",
    "src/-x",
    "a%2e%2e",
    "a\u202etxt.exe",
    "a\u200b",
    " a",
    "a ",
    "a\\b",
    "a \u00a0",
    "a\u0085b",
  ])("probe: %j is noticed", (path) => {
    expect(isMisleadingName(path)).toBe(true);
  });

  test.each(["src/a-b.js", "日本語.md", "a b.txt", "100%.txt", "ünï.txt", "a..b"])("%j is not", (path) => {
    expect(isMisleadingName(path)).toBe(false);
  });
});

describe("collisions", () => {
  test.each([
    ["probe: by case", ["readme.md"], ["README.md", "readme.md"], "README.md"],
    ["probe: by Unicode form", ["e\u0301.txt"], ["\u00e9.txt", "e\u0301.txt"], "\u00e9.txt"],
    ["probe: by compatibility form", ["\ufb01le"], ["file", "\ufb01le"], "file"],
    ["probe: of a folder", ["SRC/b.js"], ["src/a.js", "SRC/b.js"], "src"],
    ["probe: of a file with a folder", ["Docs"], ["docs/a.md", "Docs"], "docs"],
  ])("%s", (_, added, all, other) => {
    expect([...collisions(added, all)]).toEqual([[added[0], other]]);
  });

  test("two files that are there since before the patch are no finding", () => {
    expect(collisions(["other"], ["README", "readme", "other"]).size).toBe(0);
  });

  test("different names do not collide", () => {
    const name = fc.stringMatching(/^[a-z]{1,4}(\/[a-z]{1,4}){0,2}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 20 }), (names) => {
        expect(collisions(names, names).size).toBe(0);
      }),
    );
  });

  test("folding is stable", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        (name) => foldedName(foldedName(name)) === foldedName(name),
      ),
    );
  });

  test("the prefixes of a path end with the path", () => {
    expect(prefixesOf("a/b/c")).toEqual(["a", "a/b", "a/b/c"]);
  });
});
