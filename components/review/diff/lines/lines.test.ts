import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineOf, lineText, parsePart } from "./part.ts";
import { PIECE, rowOf, rowsOf } from "./rows.ts";
import { changedWords } from "./words.ts";

const NONE: ReadonlySet<number> = new Set();
const part = (text: string, oldLine = 0, newLine = 0) =>
  parsePart(text, { lines: text.split("\n").length - 1, oldLine, newLine });
const TEXT = "@@ -10,4 +20,4 @@ f\n a\n-b\n-c\n+B\n d\n\\ No newline at end of file\n";

describe("a part as lines", () => {
  test("knows the numbers of both sides", () => {
    const lines = part(TEXT);
    expect([...lines.old]).toEqual([0, 10, 11, 12, 0, 13, 0]);
    expect([...lines.new]).toEqual([0, 20, 0, 0, 21, 22, 0]);
    expect(lineText(lines, 0)).toBe("@@ -10,4 +20,4 @@ f");
    expect(lineText(lines, 4)).toBe("B");
    expect([lineOf(lines, "new", 21), lineOf(lines, "old", 99)]).toEqual([4, -1]);
  });

  test("one that begins inside a hunk goes on counting", () => {
    const lines = part(" x\n+y\n", 7, 9);
    expect([[...lines.old], [...lines.new]]).toEqual([
      [7, 0],
      [9, 10],
    ]);
  });
});

const anyLine = fc
  .tuple(fc.constantFrom(" ", "+", "-", "@@ -1 +1 @@"), fc.constantFrom("a", " a", "b", "", "c d"))
  .map(([sign, text]) => (sign.length > 1 ? sign : sign + text));
const anyText = fc.array(anyLine, { minLength: 1, maxLength: 30 }).map((lines) => `${lines.join("\n")}\n`);

describe("lines as rows", () => {
  test("every line is in exactly one row, in both layouts, with white space shown", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom("split" as const, "unified" as const), (text, layout) => {
        const lines = part(text);
        const rows = rowsOf(lines, { layout, hideWhitespace: false, opened: NONE });
        const shown = Array.from({ length: rows.count }, (_, row) => [
          rows.left[row],
          rows.right[row],
        ]).flatMap(([left, right]) => (left === right ? [left] : [left, right]));
        const numbers = shown.filter((line) => line !== -1).sort((a, b) => (a ?? 0) - (b ?? 0));
        expect(numbers).toEqual(Array.from({ length: lines.count }, (_, line) => line));
      }),
    );
  });

  test("with white space hidden nothing is lost beside each other, and it says how many lines look unchanged", () => {
    const lines = part("@@ -1 +1 @@\n-if (a)\n-  b\n+if  (a)\n+\tb\n+c\n");
    const rows = rowsOf(lines, { layout: "split", hideWhitespace: true, opened: NONE });
    expect(rows.hidden).toBe(4);
    expect([...rows.left]).toEqual([0, 1, 2, -1]);
    expect([...rows.right]).toEqual([0, 3, 4, 5]);
    expect([...rows.quiet]).toEqual([0, 1, 1, 0]);
  });

  test("a long line is one row until it is opened, and then as many as it takes", () => {
    const lines = part(`@@ -0,0 +1 @@\n+${"x".repeat(PIECE * 2 + 5)}\n`);
    const closed = rowsOf(lines, { layout: "unified", hideWhitespace: false, opened: NONE });
    const opened = rowsOf(lines, { layout: "unified", hideWhitespace: false, opened: new Set([1]) });
    expect([closed.count, opened.count]).toEqual([2, 4]);
    expect([...opened.from]).toEqual([0, 0, PIECE, PIECE * 2]);
    expect([rowOf(opened, 1, 0), rowOf(opened, 1, PIECE + 1), rowOf(opened, 1, PIECE * 2)]).toEqual([
      1, 2, 3,
    ]);
  });
});

describe("what changed inside a line", () => {
  const words = (old: string, fresh: string) => {
    const change = changedWords(old, fresh);
    return [change.old.map(([a, b]) => old.slice(a, b)), change.new.map(([a, b]) => fresh.slice(a, b))];
  };

  test("is told word by word", () => {
    expect(words("return a + total(b);", "return a - total(c);")).toEqual([
      ["+", "b"],
      ["-", "c"],
    ]);
  });

  test("of lines that have little in common nothing is told apart", () => {
    expect(words("abc", "something else entirely")).toEqual([[], []]);
  });

  test("what is left unmarked is the same on both sides", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", " ", "(", "é", "😀"), { maxLength: 12 })
      .map((all) => all.join(""));
    const rest = (line: string, ranges: readonly (readonly [number, number])[]) =>
      [...ranges].reverse().reduce((left, [from, to]) => left.slice(0, from) + left.slice(to), line);
    fc.assert(
      fc.property(text, text, (old, fresh) => {
        const change = changedWords(old, fresh);
        if (change.old.length + change.new.length > 0)
          expect(rest(old, change.old)).toBe(rest(fresh, change.new));
      }),
    );
  });

  test("probe: lines of half a million characters are compared by their ends, at once", () => {
    const [a, b] = [`${"x".repeat(500_000)}1${"y".repeat(9)}`, `${"x".repeat(500_000)}2${"y".repeat(9)}`];
    expect(words(a, b)).toEqual([["1"], ["2"]]);
  });
});
