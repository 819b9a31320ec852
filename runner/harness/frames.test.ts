import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFrames } from "./frames.ts";

const frame = (name: string, number: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${name} ${number} ${bytes.length}\n`), bytes]);

describe("frames out of a sandbox", () => {
  test("nothing is no frame", () => {
    expect(readFrames(Buffer.alloc(0))).toEqual([]);
  });

  test("come back as they were written, line feeds and NUL in them included", () => {
    const written = fc.array(
      fc.record({ name: fc.constantFrom("tree", "report"), number: fc.nat(9999), bytes: fc.uint8Array() }),
    );
    fc.assert(
      fc.property(written, (frames) => {
        const bytes = Buffer.concat(frames.map(({ name, number, bytes }) => frame(name, number, bytes)));
        expect(readFrames(bytes)).toEqual(
          frames.map(({ bytes, ...rest }) => ({ ...rest, bytes: Buffer.from(bytes) })),
        );
      }),
    );
  });

  test.each([
    ["a size beyond what came", "report 0 5\nabcd"],
    ["bytes after the last frame", "report 0 2\nabcd"],
    ["a negative size", "report 0 -1\n"],
    ["a number that is none", "report 1e3 0\n"],
    ["an upper-case name", "Report 0 0\n"],
    ["a second space", "report  0 0\n"],
    ["no line feed", "report 0 0"],
    ["a header without end", "x".repeat(5000)],
    ["plain output", "ok 1 - all tests passed\n"],
  ])("probe: %s is not taken", (_, text) => {
    expect(readFrames(Buffer.from(text))).toBeNull();
  });
});
