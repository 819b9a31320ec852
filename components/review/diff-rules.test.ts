import { describe, expect, test } from "vitest";
import type { PatchFile, PatchFlag } from "#lib/patches/schema.ts";
import { type CountedFile, digestParts, partsOf, reviewFiles } from "./diff-rules.ts";

const file = (path: string, previousPath: string | null = null): PatchFile => ({
  ...{ path, previousPath, status: "modified", modeBefore: "100644", modeAfter: "100644" },
  ...{ added: 1, removed: 1 },
});
const flag = (path: string, severity: PatchFlag["severity"]): PatchFlag => ({
  rule: "test_integrity",
  severity,
  path,
  sentence: `${path} is a test.`,
});
const counted = (more: Partial<CountedFile> = {}): CountedFile => ({
  ...{
    parts: [],
    hunks: 1,
    hidden: 0,
    lookalikes: 0,
    masked: 0,
    space: 0,
    spots: [],
    lastNumber: 1,
    binary: false,
  },
  ...more,
});
const risks = (files: readonly PatchFile[], texts: readonly CountedFile[]) =>
  reviewFiles(files, [], texts).map(({ path, risk }) => [path, risk]);

describe("the files of a review", () => {
  test("come by risk, then by name, and know their place in the patch", () => {
    const files = [file("z.ts"), file("b.test.ts"), file("a.ts"), file("c.md")];
    const flags = [flag("b.test.ts", "extra_approver"), flag("c.md", "notice")];
    const shown = reviewFiles(
      files,
      flags,
      files.map(() => counted()),
    );
    expect(shown.map(({ path, risk, place }) => [path, risk, place])).toEqual([
      ["b.test.ts", "high", 1],
      ["c.md", "medium", 3],
      ["a.ts", "low", 2],
      ["z.ts", "low", 0],
    ]);
  });

  test.each(["masked", "hidden", "lookalikes"] as const)(
    "probe: a file with something %s is risky",
    (what) => {
      expect(risks([file("a.ts"), file("b.ts")], [counted(), counted({ [what]: 1 })])).toEqual([
        ["b.ts", "high"],
        ["a.ts", "low"],
      ]);
    },
  );

  test("probe: a name that hides something is a place to look at, as the name before is", () => {
    const spots = [{ from: 3, to: 3 }];
    const shown = reviewFiles(
      [file("a\u202E.ts"), file("b.ts", "was\u200B.ts"), file("c.ts")],
      [],
      [counted({ spots, hidden: 1 }), counted(), counted()],
    );
    expect(shown.map(({ hidden, spots: places }) => [hidden, places.map(({ from }) => from)])).toEqual([
      [2, [-1, 3]],
      [1, [-1]],
      [0, []],
    ]);
  });

  test("a list that does not fit the text is refused", () => {
    expect(() => reviewFiles([file("a.ts"), file("b.ts")], [], [counted()])).toThrow(
      "The patch holds 1 files, its list 2.",
    );
  });
});

describe("names and digests", () => {
  test.each([
    ["src/posting/a.ts", "src/posting/", "a.ts"],
    ["a.ts", "", "a.ts"],
  ])("%s is in %j and called %s", (path, folder, name) => expect(partsOf(path)).toEqual({ folder, name }));

  test("a digest shows its first and its last eight", () => {
    const digest = `5f0c9a2e3b7714d8c66e0b19${"0".repeat(32)}e2a981d4`;
    expect(digestParts(digest)).toEqual({
      first: "5f0c9a2e",
      middle: "3b7714d8 c66e0b19 …",
      last: "e2a981d4",
    });
  });
});
