import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { imageOf, isDrawable } from "./images.ts";

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))),
  );
const big = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

const png = (width: number, height: number) =>
  bytes("\x89PNG\r\n\x1A\n", [0, 0, 0, 13], "IHDR", big(width), big(height), [8, 6, 0, 0, 0]);
/** With a table of two colours, a remark, and a first frame. */
const gifOf = (width: number) =>
  bytes(
    "GIF89a",
    [44, 1, 200, 0, 0x80, 0, 0],
    Array<number>(6).fill(0),
    [0x21, 0xfe, 2, 0x2c, 0x2c, 0],
    [...[0x2c, 0, 0, 0, 0, width & 255, width >> 8, 200, 0, 0]],
  );
const gif = gifOf(300);
const jpeg = bytes(
  [0xff, 0xd8, 0xff, 0xe0, 0, 16],
  "JFIF\0\x01\x01\0\0\x01\0\x01\0\0",
  [0xff, 0xc4, 0, 4, 9, 9],
  [0xff, 0xff, 0xc2, 0, 17, 8, 0, 100, 1, 64, 3, 0, 0],
);
const webp = (kind: string, rest: readonly number[]) =>
  bytes("RIFF", [0, 0, 0, 0], `WEBPVP8${kind}`, [10, 0, 0, 0], rest, Array<number>(20).fill(0));
const lossy = webp(" ", [0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0x64, 0x00]);
const lossless = webp("L", [0x2f, ...[63, 1 + ((99 & 3) << 6), 99 >> 2, 0]]);
const extended = webp("X", [0, 0, 0, 0, 63, 1, 0, 99, 0, 0]);

describe("a picture by its first bytes", () => {
  test.each([
    ["png", png(640, 480), { kind: "png", width: 640, height: 480 }],
    ["gif", gif, { kind: "gif", width: 300, height: 200 }],
    ["jpeg, behind other segments and fill bytes", jpeg, { kind: "jpeg", width: 320, height: 100 }],
    ["webp, lossy", lossy, { kind: "webp", width: 320, height: 100 }],
    ["webp, lossless", lossless, { kind: "webp", width: 320, height: 100 }],
    ["webp, extended", extended, { kind: "webp", width: 320, height: 100 }],
  ])("%s", (_name, content, expected) => expect(imageOf(content)).toEqual(expected));

  test("is never what is drawn by instructions, or only called so", () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const text of [svg, "<!doctype html>", "BM123456789012345678901234", "%PDF-1.7", ""])
      expect(imageOf(Buffer.from(text))).toBeNull();
  });

  test("probe: cut anywhere, or with any bytes behind its mark, it is a picture with a size or none", () => {
    const starts = [png(1, 1), gif, jpeg, lossy, lossless, extended, bytes([0xff, 0xd8, 0xff])];
    const made = fc.tuple(fc.constantFrom(...starts), fc.nat(60), fc.uint8Array({ maxLength: 80 }));
    fc.assert(
      fc.property(made, ([start, cut, rest]) => {
        const found = imageOf(Buffer.concat([start.subarray(0, cut), rest]));
        expect(found === null || (found.width > 0 && found.height > 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("probe: a frame that is larger than its screen counts, and a GIF without one is no picture", () => {
    expect(imageOf(gifOf(60_000))).toEqual({ kind: "gif", width: 60_000, height: 200 });
    expect(imageOf(gif.subarray(0, -1))).toBeNull();
  });

  test.each([
    ["a marker without a length", [0x01]],
    ["a restart", [0xd3]],
    ["a zero that decoders skip", [0x00]],
  ])("probe: %s hides no larger frame from us", (_name, marker) => {
    const large = [0xff, 0xc0, 0, 17, 8, 0xff, 0, 0xff, 0, 1, 0];
    const jump = Array<number>(0xffc0 - large.length).fill(0);
    const start = bytes([0xff, 0xd8, 0xff, ...marker], large, jump);
    expect(imageOf(Buffer.concat([start, jpeg.subarray(2)]))).toBeNull();
  });

  test("probe: a few bytes that would fill a browser's memory are not drawn", () => {
    const bomb = imageOf(png(60_000, 60_000));
    expect(bomb).not.toBeNull();
    expect([
      isDrawable({ width: 60_000, height: 60_000 }),
      isDrawable({ width: 100_000, height: 2 }),
    ]).toEqual([false, false]);
    expect(isDrawable({ width: 4096, height: 4096 })).toBe(true);
  });
});
