import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";

// The example of the specification, c2sp.org/tlog-checkpoint.
const EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

describe("a checkpoint", () => {
  test("is read and written as the specification's example", () => {
    const checkpoint = parseCheckpoint(EXAMPLE);
    expect(checkpoint).toMatchObject({
      origin: "example.com/behind-the-sofa",
      size: 20_852_163,
      extensions: [],
    });
    expect(formatCheckpoint(checkpoint)).toBe(EXAMPLE);
  });

  test("comes back for every origin, size and root", () => {
    const head = fc.record({
      origin: fc.stringMatching(/^[a-z]{1,20}\/[0-9a-f]{16}\/[1-9]$/),
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(head, (tree) => {
        expect(parseCheckpoint(formatCheckpoint(tree))).toEqual({ ...tree, extensions: [] });
      }),
    );
  });

  test("may carry lines of others behind the three, which it never writes", () => {
    const checkpoint = parseCheckpoint(`${EXAMPLE}one\ntwo words\n`);
    expect(checkpoint.extensions).toEqual(["one", "two words"]);
    expect(formatCheckpoint(checkpoint)).toBe(EXAMPLE);
  });

  test.each([
    ["a leading zero", EXAMPLE.replace("20852163", "020852163")],
    ["a plus sign", EXAMPLE.replace("20852163", "+20852163")],
    ["an empty size", EXAMPLE.replace("20852163", "")],
    ["hex", EXAMPLE.replace("20852163", "0x13e2d83")],
    ["an exponent", EXAMPLE.replace("20852163", "2e7")],
    ["a size of 2^53", EXAMPLE.replace("20852163", "9007199254740992")],
    ["a size of 2^64", EXAMPLE.replace("20852163", "18446744073709551616")],
    ["Arabic digits", EXAMPLE.replace("20852163", "٢٠")],
    ["a root of 31 bytes", EXAMPLE.replace("CsUYapGG", "YapGG".slice(1))],
    ["a root in hex", EXAMPLE.replace(/\n[^\n]+\n$/, `\n${"0a".repeat(32)}\n`)],
    ["no root", EXAMPLE.split("\n").slice(0, 2).join("\n")],
    ["no origin", EXAMPLE.replace("example.com/behind-the-sofa", "")],
    ["a carriage return", EXAMPLE.replaceAll("\n", "\r\n")],
    ["an empty line behind", `${EXAMPLE}\n`],
    ["no newline at the end", EXAMPLE.slice(0, -1)],
    ["nothing in it", ""],
  ])("probe: is refused with %s", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(expect.objectContaining({ code: "bad_input" }));
  });

  test("probe: an origin or a size that would be read as something else is not written", () => {
    const root = Buffer.alloc(32);
    for (const head of [
      { origin: "two\nlines", size: 1, root },
      { origin: "", size: 1, root },
      { origin: "a", size: 1.5, root },
      { origin: "a", size: -1, root },
      { origin: "a", size: 2 ** 53, root },
      { origin: "a", size: 1e21, root },
      { origin: "a", size: 1, root: Buffer.alloc(31) },
    ]) {
      expect(() => formatCheckpoint(head)).toThrow(expect.objectContaining({ code: "bad_input" }));
    }
  });
});
