import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { openWorkshop } from "#lib/testing/git/workshop.ts";
import { globMatches } from "./path-globs.ts";

describe("path patterns", () => {
  test.each([
    ["**", "any/thing.js"],
    ["src", "src/a/b.js"],
    ["src/", "src/a.js"],
    ["src/**", "src/a.js"],
    ["src/*.js", "src/a.js"],
    ["**/*.test.js", "a.test.js"],
    ["**/*.test.js", "deep/er/a.test.js"],
    ["src/**/test/**", "src/test/a.js"],
    ["src/**/test/**", "src/x/y/test/a.js"],
    ["src/**/test", "src/x/y/test"],
    ["a?c", "abc"],
    ["./src", "src/a.js"],
    ["src//", "src/a.js"],
  ])("%s covers %s", (pattern, path) => {
    expect(globMatches(pattern, path)).toBe(true);
  });

  test.each([
    ["src", "srcs/a.js"],
    ["src/*.js", "src/a/b.js"],
    ["*.js", "src/a.js"],
    ["src/**/test/**", "src/tests/a.js"],
    ["src/**/test", "src/test/a.js"],
    ["*", "folder/file"],
    ["src/**", "src"],
    ["a?c", "a/c"],
    ["docs/**", "src/docs/a.md"],
    ["src/a.js/b", "src/a.js"],
  ])("%s does not cover %s", (pattern, path) => {
    expect(globMatches(pattern, path)).toBe(false);
  });

  test("probe: a pattern of many stars is answered, whatever the path", () => {
    expect(globMatches(`${"**/*a*".repeat(60)}b`, "a".repeat(4000))).toBe(false);
    expect(globMatches(`${"*a".repeat(500)}b`, "a".repeat(5000))).toBe(false);
  });

  test("a path is covered by itself and by every folder above it", () => {
    const part = fc.stringMatching(/^[a-z.]{1,5}$/).filter((name) => name !== "." && name !== "..");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.nat(), (parts, cut) => {
        const upTo = parts.slice(0, 1 + (cut % parts.length)).join("/");
        expect(globMatches(upTo, parts.join("/"))).toBe(true);
      }),
    );
  });

  test("git's own glob pathspecs say the same", async () => {
    const workshop = await openWorkshop();
    const paths = [
      "a.js",
      "src/a.js",
      "src/a/b.js",
      "src/x/test/a.js",
      "test/a.test.js",
      "docs/readme.md",
      "srcs/a",
      "a/a/a",
    ];
    const { path } = createRepository(
      workshop.fresh("globs"),
      Object.fromEntries(paths.map((name) => [name, name])),
    );
    const piece = fc.constantFrom("**", "*", "src", "a", "?", "*.js", "test", "s?c", "a.js", "*a*");
    const patterns = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("/"));
    fc.assert(
      fc.property(patterns, (pattern) => {
        const listed = playGit(path, ["ls-files", "--", `:(glob)${pattern}`])
          .split("\n")
          .filter((line) => line !== "");
        expect(paths.filter((name) => globMatches(pattern, name)).sort(), pattern).toEqual(listed.sort());
      }),
      { numRuns: 150 },
    );
    await workshop.close();
  });
});
