import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { branchName, branchNameProblem, objectId, ownRef, upstreamRef } from "./ids.ts";

const gitAccepts = (name: string): boolean =>
  spawnSync("git", ["check-ref-format", `refs/heads/${name}`]).status === 0;

describe("branch names", () => {
  test.each(["main", "release/2.1", "feature-x", "a.b", "日本", "user@host", "@x", "x@"])(
    "%s is one",
    (name) => {
      expect(branchNameProblem(name)).toBeNull();
    },
  );

  test.each([
    ...[
      "",
      "-x",
      "--upload-pack=x",
      "HEAD",
      "@",
      "a..b",
      "a b",
      "a~1",
      "a^",
      "a:b",
      "a?",
      "a*",
      "a[",
      "a\\b",
      "a@{0}",
    ],
    ...[
      "/a",
      "a/",
      "a//b",
      ".a",
      "a/.b",
      "a.lock",
      "a.lock/b",
      "a.",
      "a\nb",
      "a\u001b",
      "a\u007f",
      "x".repeat(201),
      "../x",
    ],
  ])("probe: %j is none, and the sentence says why", (name) => {
    expect(branchNameProblem(name)).toMatch(/\.$|\\/);
    expect(() => branchName(name)).toThrow();
    expect(() => upstreamRef(name)).toThrow();
    expect(() => ownRef(name)).toThrow();
  });

  test("what we accept, git accepts", () => {
    const piece = fc.constantFrom(
      "a",
      "B",
      "/",
      ".",
      "-",
      "@",
      "{",
      "lock",
      "..",
      "~",
      " ",
      "ü",
      "\\",
      ":",
      "*",
      "1",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("")),
        (name) => {
          fc.pre(branchNameProblem(name) === null);
          expect(gitAccepts(name), name).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("object ids", () => {
  test.each([
    "",
    "HEAD",
    "a".repeat(39),
    "a".repeat(41),
    "A".repeat(40),
    "0".repeat(40),
    `${"a".repeat(40)}\n`,
    "--all",
  ])("probe: %j is no object id", (text) => {
    expect(() => objectId(text)).toThrow(/40 hexadecimal/);
  });

  test("a full id passes as it is", () => {
    expect(objectId("a1".repeat(20))).toBe("a1".repeat(20));
  });
});
