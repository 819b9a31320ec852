import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bundleHeader, HEAD_BYTES, HEADER_BYTES, parseBundleHead } from "./bundle-header.ts";

const base = "b".repeat(40);
const commit = "c".repeat(40);
const ref = "refs/heads/patch";
const expected = { ref, base };

const packHead = (objects = 3, version = 2): Buffer => {
  const bytes = Buffer.from("PACK00000000");
  bytes.writeUInt32BE(version, 4);
  bytes.writeUInt32BE(objects, 8);
  return bytes;
};
const parse = (header: string | Buffer, pack = packHead()) =>
  parseBundleHead(Buffer.concat([Buffer.from(header), pack]), expected);

describe("a bundle's header", () => {
  test("ours is read back as it was written", () => {
    const header = bundleHeader({ ref, commit, base });
    expect(parse(header)).toEqual({
      ok: true,
      head: { commit, thin: true, packOffset: header.length, objects: 3 },
    });
  });

  test("a prerequisite may carry the subject git writes beside it", () => {
    expect(parse(`# v2 git bundle\n-${base} Subject: with words\n${commit} ${ref}\n\n`)).toMatchObject({
      ok: true,
    });
  });

  test("a bundle without prerequisites is a whole history", () => {
    expect(parse(bundleHeader({ ref, commit }))).toMatchObject({ ok: true, head: { thin: false } });
  });

  test.each([
    ["nothing", ""],
    ["another version", `# v3 git bundle\n${commit} ${ref}\n\n`],
    ["a foreign prerequisite", `# v2 git bundle\n-${commit}\n${commit} ${ref}\n\n`],
    ["a malformed prerequisite", `# v2 git bundle\n-xyz\n${commit} ${ref}\n\n`],
    ["no ref", `# v2 git bundle\n-${base}\n\n`],
    ["two refs", `# v2 git bundle\n${commit} ${ref}\n${commit} refs/heads/main\n\n`],
    ["another ref", `# v2 git bundle\n${commit} refs/heads/main\n\n`],
    ["a ref with an option's name", `# v2 git bundle\n${commit} refs/heads/--exec=x\n\n`],
    ["a ref with something behind", `# v2 git bundle\n${commit} ${ref} x\n\n`],
    ["a carriage return", `# v2 git bundle\r\n${commit} ${ref}\r\n\r\n`],
    ["a short id", `# v2 git bundle\n${commit.slice(1)} ${ref}\n\n`],
    ["no end", `# v2 git bundle\n${`-${base}\n`.repeat(200)}`],
  ])("probe: %s is refused with a sentence", (_, header) => {
    expect(parse(header)).toMatchObject({ ok: false, problem: expect.stringMatching(/\.$/) });
  });

  test("probe: a pack that is none, or of a version git does not know", () => {
    const header = bundleHeader({ ref, commit, base });
    expect(parse(header, Buffer.from("JUNK00000000"))).toMatchObject({ ok: false });
    expect(parse(header, Buffer.from("PACK"))).toMatchObject({ ok: false });
    expect(parse(header, packHead(1, 7))).toMatchObject({ ok: false });
    expect(parse(header, packHead(0xffffffff))).toMatchObject({ ok: true, head: { objects: 0xffffffff } });
  });

  test("the bytes that have to be read hold any header that is accepted", () => {
    expect(HEAD_BYTES).toBe(HEADER_BYTES + 12);
  });

  test("probe: no bytes whatever make it throw or be taken for a bundle", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parseBundleHead(Buffer.from(bytes), expected).ok).toBe(false);
      }),
    );
  });

  test("probe: a header with any one byte changed is refused or says the same", () => {
    const honest = Buffer.concat([bundleHeader({ ref, commit, base }), packHead()]);
    const original = parseBundleHead(honest, expected);
    fc.assert(
      fc.property(fc.nat(honest.length - 13), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(honest);
        bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
        const parsed = parseBundleHead(bytes, expected);
        if (parsed.ok && original.ok) expect({ ...parsed.head, commit }).toEqual(original.head);
      }),
    );
  });
});
