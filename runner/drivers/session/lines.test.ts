import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { beginningOf, linesOf } from "./lines.ts";

async function all(chunks: readonly Buffer[], max = 1000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks), max)) lines.push(line);
  return lines;
}

test("lines are whole however the bytes were cut, in the middle of a character too", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" })),
      fc.array(fc.nat(200)),
      async (texts, cuts) => {
        const lines = texts.map((text) => text.replaceAll("\n", " ").toWellFormed());
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const at = [...new Set(cuts.filter((cut) => cut < bytes.length))].sort((one, other) => one - other);
        const chunks = [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
        expect(await all(chunks)).toEqual(lines);
      },
    ),
  );
});

test("the last one needs no line feed", async () => {
  expect(await all([Buffer.from("a\nb")])).toEqual(["a", "b"]);
});

test("probe: a line without an end is not gathered for ever", async () => {
  await expect(all(Array.from({ length: 200 }, () => Buffer.alloc(10, "x")))).rejects.toThrow(
    "longer than 1000 bytes",
  );
});

test("a beginning is no longer than it may be, and whole characters", () => {
  expect(beginningOf("short", 5)).toBe("short");
  expect(beginningOf("x".repeat(100), 3)).toBe("xxx");
  expect(beginningOf("ab\u{1F600}", 3)).toBe("ab\uFFFD");
  expect(beginningOf("abc", -1)).toBe("");
});
