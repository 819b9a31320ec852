import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutPatch, fileStarts } from "./shown-parts.ts";

const head = (path: string) =>
  `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n`;
const bodies = (text: string) =>
  cutPatch(text).map(({ parts }) => parts.map(({ start, end }) => text.slice(start, end)).join(""));

const contentLine = fc
  .tuple(fc.constantFrom(" ", "+", "-"), fc.string({ maxLength: 30 }))
  .map(([sign, text]) => `${sign}${text.replaceAll("\n", "")}\n`);
const hunk = fc
  .array(contentLine, { minLength: 1, maxLength: 12 })
  .map((lines) => `@@ -1,9 +1,9 @@ f\n${lines.join("")}`);
const hunks = fc.array(hunk, { maxLength: 4 }).map((all) => all.join(""));

describe("a patch cut into parts", () => {
  test("holds every line of every hunk exactly once, in order, whatever the lines say", () => {
    fc.assert(
      fc.property(fc.array(hunks, { maxLength: 5 }), (files) => {
        const text = files.map((body, at) => head(`f${at}.ts`) + body).join("");
        expect(bodies(text)).toEqual(files);
      }),
    );
  });

  test("a long file is several parts that follow each other without a gap", () => {
    const body = `@@ -1,9000 +1,9000 @@\n${" kept line\n".repeat(9000)}`;
    const text = head("a.ts") + body;
    const [file] = cutPatch(text);
    const parts = file?.parts ?? [];
    expect(parts.length).toBeGreaterThan(4);
    expect(bodies(text)).toEqual([body]);
    for (const [at, part] of parts.entries()) {
      expect(part.line).toBe(parts.slice(0, at).reduce((sum, { lines }) => sum + lines, 0));
      if (at > 0) expect([part.oldLine, part.newLine]).toEqual([part.line, part.line]);
    }
    expect(parts.map(({ hunks: begun }) => begun)).toEqual(parts.map((_, at) => (at === 0 ? 1 : 0)));
  });

  test.each([
    ["@@ -8,2 +8,3 @@\n kept\n+new\n kept\n", 10],
    ["@@ -99998,3 +1,1 @@\n-a\n-b\n kept\n", 100_000],
    ["@@ -1,1 +1,1 @@\n kept\n@@ -700,1 +700,1 @@\n kept\n", 700],
  ])("says the largest number in %j", (body, most) => {
    expect(cutPatch(head("a.ts") + body)[0]?.lastNumber).toBe(most);
  });

  test("probe: a block of changes longer than two parts is cut all the same", () => {
    const body = `@@ -0,0 +1,9000 @@\n${"+new\n".repeat(9000)}`;
    expect(cutPatch(head("a.ts") + body)[0]?.parts.length).toBeGreaterThan(2);
    expect(bodies(head("a.ts") + body)).toEqual([body]);
  });

  test("probe: one endless line is one part, and whole", () => {
    const body = `@@ -0,0 +1 @@\n+${"x".repeat(2_000_000)}\n`;
    expect(bodies(head("a.min.js") + body)).toEqual([body]);
  });

  test.each([
    "+diff --git a/evil b/evil",
    "+a\u2028diff --git a/evil b/evil",
    "+a\rdiff --git a/evil b/evil",
  ])("probe: a line that reads like the start of a file stays a line: %j", (line) => {
    const text = `${head("a.ts")}@@ -0,0 +1 @@\n${line}\n`;
    expect(fileStarts(text)).toEqual([0]);
    expect(bodies(text)).toEqual([`@@ -0,0 +1 @@\n${line}\n`]);
  });

  test("rows beside each other are as many as the longer side of each block", () => {
    const text = `${head("a.ts")}@@ -1,4 +1,3 @@\n a\n-b\n-c\n-d\n+e\n f\n`;
    expect(cutPatch(text)[0]?.parts[0]).toMatchObject({ lines: 7, pairs: 6, hunks: 1 });
  });

  test("a file without lines has no parts, and says whether it is binary", () => {
    const text = `diff --git a/x.png b/x.png\nindex 1..2 100644\nBinary files a/x.png and b/x.png differ\ndiff --git a/s b/s\nold mode 100644\nnew mode 100755\n`;
    expect(cutPatch(text).map(({ parts, binary }) => [parts.length, binary])).toEqual([
      [0, true],
      [0, false],
    ]);
  });
});

describe("what is counted of a file", () => {
  const counted = (lines: string) => cutPatch(`${head("a.ts")}@@ -1,9 +1,9 @@\n${lines}`)[0];

  test("probe: hidden characters are counted and their lines are places to look at", () => {
    expect(counted(" a\n+b\u202Ec\n+d\u200B\u{E0041}\n e\n")).toMatchObject({
      hidden: 3,
      spots: [{ from: 2, to: 3 }],
    });
  });

  test("the end of a line from Windows is nothing hidden; a carriage return inside one is", () => {
    expect(counted("+a\r\n+b\r\n")).toMatchObject({ hidden: 0, spots: [] });
    expect(counted("+a\rb\r\n")).toMatchObject({ hidden: 1, spots: [{ from: 1, to: 1 }] });
  });

  test("probe: a lookalike counts where it is added, not where it was before", () => {
    expect(counted("-p\u0430ssword\n+p\u0430ssword\n")).toMatchObject({
      lookalikes: 1,
      spots: [{ from: 2, to: 2 }],
    });
  });

  test("places far from each other are told apart, and one place is never taller than a window", () => {
    const spots = counted(`${"+\u200B\n".repeat(40)}${" a\n".repeat(9)}+\u200B\n`)?.spots ?? [];
    expect(spots.at(-1)).toEqual({ from: 50, to: 50 });
    for (const { from, to } of spots) expect(to - from).toBeLessThanOrEqual(16);
  });

  test("lines that a secret was masked in are counted, also those of git's own", () => {
    const text = `${head("a.ts")}@@ -1 +1 @@\n-a\n+[secret: npm]\n`;
    const [file] = cutPatch(text, [1, 6]);
    expect(file).toMatchObject({ masked: 2, spots: [{ from: 2, to: 2 }] });
  });

  test("lines that differ in white space alone are counted", () => {
    expect(counted("-if (a)\n-  b\n+if  (a)\n+\tb\n+c\n")).toMatchObject({ space: 4 });
  });
});
