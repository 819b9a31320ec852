import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PatchFile, PatchFlag } from "#lib/patches/schema.ts";
import { digestParts, partsOf, reviewFiles, splitPatch } from "./diff-rules.ts";

const file = (path: string): PatchFile => ({
  path,
  previousPath: null,
  status: "modified",
  modeBefore: "file",
  modeAfter: "file",
  added: 1,
  removed: 1,
});
const flag = (path: string, severity: PatchFlag["severity"]): PatchFlag => ({
  rule: "test_integrity",
  severity,
  path,
  sentence: `${path} is a test.`,
});
const text = (path: string, line = "new") =>
  `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-old\n+${line}\n`;

describe("a patch cut into files", () => {
  test("gives one part per file and loses nothing", () => {
    const patch = text("a.ts") + text("b.ts");
    expect(splitPatch(patch)).toEqual([text("a.ts"), text("b.ts")]);
    expect(splitPatch("")).toEqual([]);
  });

  test("probe: content that looks like the start of a file stays content", () => {
    const patch = text("a.ts", "diff --git a/evil b/evil");
    expect(splitPatch(patch)).toEqual([patch]);
  });

  test("however many files there are, their parts make the patch again", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/)), (names) => {
        const patch = names.map((name) => text(name)).join("");
        expect(splitPatch(patch)).toHaveLength(names.length);
        expect(splitPatch(patch).join("")).toBe(patch);
      }),
    );
  });
});

describe("the files of a review", () => {
  test("come by risk, then by name", () => {
    const files = [file("z.ts"), file("b.test.ts"), file("a.ts"), file("c.md")];
    const flags = [flag("b.test.ts", "extra_approver"), flag("c.md", "notice")];
    const patch = files.map(({ path }) => text(path)).join("");
    expect(reviewFiles(files, flags, patch).map(({ path, risk }) => [path, risk])).toEqual([
      ["b.test.ts", "high"],
      ["c.md", "medium"],
      ["a.ts", "low"],
      ["z.ts", "low"],
    ]);
  });

  test("probe: a file with a masked line is risky, since nobody has read that line", () => {
    const files = [file("a.ts"), file("b.ts")];
    const patch = text("a.ts") + text("b.ts", "[secret: npm]");
    const line = patch.split("\n").indexOf("+[secret: npm]");
    expect(
      reviewFiles(files, [], patch, [line]).map(({ path, risk, masked }) => [path, risk, masked]),
    ).toEqual([
      ["b.ts", "high", 1],
      ["a.ts", "low", 0],
    ]);
  });

  test("probe: a bidi control is shown, counted, and makes the file risky", () => {
    const [shown] = reviewFiles([file("a.ts")], [], text("a.ts", "x \u202E y"));
    expect(shown).toMatchObject({ hidden: 1, risk: "high" });
    expect(shown?.patch).toContain("+x ‹U+202E› y");
  });

  test("a list that does not fit the text is refused", () => {
    expect(() => reviewFiles([file("a.ts"), file("b.ts")], [], text("a.ts"))).toThrow(
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
