import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ED25519, formatVerifier, newVerifier, parseVerifier } from "./keys.ts";
import {
  formatNote,
  formatSignature,
  MAX_NOTE_BYTES,
  newSigner,
  openNote,
  parseSignatureLines,
  signNote,
  verifiedBy,
} from "./note.ts";

// The example of the specification, c2sp.org/signed-note.
const EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_LINE =
  "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const EXAMPLE = `This is an example message.\n\n${EXAMPLE_LINE}`;

const key = (name = "log.example/1") => newSigner(name, generateKeyPairSync("ed25519").privateKey);
const textOf = fc
  .string({ unit: "grapheme", maxLength: 200 })
  .map((text) => `${text.replaceAll(/\p{Cc}/gu, "\n")}\n`)
  .filter((text) => text.isWellFormed());

describe("a signed note", () => {
  test("is verified as the specification's example says", () => {
    const [verifier] = verifiedBy(openNote(EXAMPLE), [parseVerifier(EXAMPLE_KEY)]);
    expect(verifier?.name).toBe("example.com/foo");
    expect(formatVerifier("example.com/foo", parseVerifier(EXAMPLE_KEY).publicKey, ED25519)).toBe(
      EXAMPLE_KEY,
    );
  });

  test("keeps its text, empty lines and all, through signing and opening", () => {
    const signer = key();
    fc.assert(
      fc.property(textOf, (text) => {
        const note = openNote(Buffer.from(signNote(text, [signer])));
        expect(note.text).toBe(text);
        expect(verifiedBy(note, [signer])).toEqual([signer]);
        expect(formatNote(note)).toBe(signNote(text, [signer]));
      }),
    );
  });

  test("probe: is no longer verified after any one changed bit of its text", () => {
    const signer = key();
    const text = "pilothouse/0123456789abcdef/1\n12\nroot\n";
    const { signatures } = openNote(signNote(text, [signer]));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(6), (at, bit) => {
        const bytes = Buffer.from(text);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const changed = { text: bytes.toString("latin1"), signatures };
        expect(() => verifiedBy(changed, [signer])).toThrow("does not verify");
      }),
    );
  });

  test("passes over lines of keys that nobody asked about, whatever their types and lengths", () => {
    const signer = key();
    const stranger = { name: "stranger.example", keyId: "00000000", signature: Buffer.of(9) };
    const sameName = { ...stranger, name: signer.name };
    const sameId = { ...stranger, keyId: signer.keyId };
    const own = openNote(signNote("text\n", [signer]));
    const note = { ...own, signatures: [stranger, sameName, sameId, ...own.signatures] };
    expect(verifiedBy(openNote(formatNote(note)), [signer, key("other")])).toEqual([signer]);
    expect(verifiedBy(own, [])).toEqual([]);
  });

  test("probe: a line that claims a known key and does not verify refuses the note, valid lines or not", () => {
    const signer = key();
    const own = openNote(signNote("text\n", [signer]));
    for (const length of [1, 32, 63, 64, 65, 2420]) {
      const forged = { name: signer.name, keyId: signer.keyId, signature: Buffer.alloc(length, 7) };
      const note = { ...own, signatures: [...own.signatures, forged] };
      expect(() => verifiedBy(note, [signer])).toThrow(`A signature of ${signer.name}`);
    }
  });

  test("may carry sixteen signatures of five kilobytes", () => {
    const signer = key();
    const own = openNote(signNote("text\n", [signer]));
    const large = { name: "large.example", keyId: "01020304", signature: Buffer.alloc(5000, 1) };
    const note = formatNote({ ...own, signatures: [...Array(16).fill(large), ...own.signatures] });
    expect(verifiedBy(openNote(note), [signer])).toEqual([signer]);
  });

  test.each([
    ["no empty line", "text\n— a AAAAAAA=\n"],
    ["no signature", "text\n\n"],
    ["no newline at the end", EXAMPLE.slice(0, -1)],
    ["a hyphen for the dash", EXAMPLE.replace("—", "-")],
    ["two spaces", EXAMPLE.replace("— ", "—  ")],
    ["base64 without padding", EXAMPLE.replace("=\n", "\n")],
    ["base64 with stray bits", EXAMPLE.replace("QM=\n", "QN=\n")],
    ["a key id and nothing behind it", "text\n\n— a AAAAAA==\n"],
    ["a plus sign in the name", "text\n\n— a+b AAAAAAA=\n"],
    ["a Unicode space in the name", "text\n\n— a\u{2003}b AAAAAAA=\n"],
    ["a carriage return", EXAMPLE.replaceAll("\n", "\r\n")],
    ["a zero byte", EXAMPLE.replace("This", "Th\0s")],
    ["half a surrogate pair", EXAMPLE.replace("This", "\ud800")],
    ["malformed UTF-8", Buffer.concat([Buffer.of(0xc3, 0x28), Buffer.from(EXAMPLE)])],
    ["more than a note may have", `${"x".repeat(MAX_NOTE_BYTES)}${EXAMPLE}`],
    ["too many signatures", EXAMPLE + EXAMPLE_LINE.repeat(100)],
  ])("probe: is refused with %s", (_, note) => {
    expect(() => openNote(note)).toThrow(expect.objectContaining({ code: "bad_input" }));
  });

  test("probe: no bytes at all make the parser fail in a way of its own", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "binary" })), (bytes) => {
        try {
          expect(formatNote(openNote(bytes))).toBe(Buffer.from(bytes).toString("utf8"));
        } catch (error) {
          expect(error).toMatchObject({ code: "bad_input" });
        }
      }),
    );
  });

  test("is not made of a text that would not be read back", () => {
    for (const text of ["", "no newline", "bell\u{7}\n"]) {
      expect(() => signNote(text, [key()])).toThrow(expect.objectContaining({ code: "bad_input" }));
    }
    expect(() => signNote("text\n", [])).toThrow(expect.objectContaining({ code: "bad_input" }));
  });
});

describe("signature lines by themselves", () => {
  test("are read as a witness sends them", () => {
    const [line] = parseSignatureLines(EXAMPLE_LINE);
    expect(line).toMatchObject({ name: "example.com/foo", keyId: "530d903a" });
    expect(line && formatSignature(line)).toBe(EXAMPLE_LINE);
    expect(() => parseSignatureLines("")).toThrow("newline");
    expect(() => parseSignatureLines("\n")).toThrow("signature line");
  });
});

describe("a verifier key", () => {
  test("comes back from its text", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const verifier = parseVerifier(formatVerifier("witness.example/w1", publicKey, 4));
    expect(verifier).toMatchObject({ name: "witness.example/w1", type: 4 });
    expect(verifier.publicKey.equals(publicKey)).toBe(true);
    expect(verifier.keyId).not.toBe(newVerifier("witness.example/w1", publicKey, 1).keyId);
  });

  test.each([
    ["another key's id", EXAMPLE_KEY.replace("530d903a", "530d903b")],
    ["another name", EXAMPLE_KEY.replace("foo", "bar")],
    ["an id in capitals", EXAMPLE_KEY.replace("530d903a", "530D903A")],
    ["no name", EXAMPLE_KEY.slice("example.com/foo".length)],
    ["a space in the name", EXAMPLE_KEY.replace("/", " ")],
    ["a key too short", "a+00000000+AQID"],
    ["a type nobody knows", "a+00000000+AgMD"],
    ["base64 of another alphabet", EXAMPLE_KEY.replace("AekyeRrm", "Ae-_eRrm")],
    ["nothing in it", ""],
  ])("probe: is refused with %s", (_, text) => {
    expect(() => parseVerifier(text)).toThrow(expect.objectContaining({ code: "bad_input" }));
  });

  test("is not made of a key of another kind", () => {
    const { publicKey } = generateKeyPairSync("ml-dsa-44");
    expect(() => newVerifier("a", publicKey, ED25519)).toThrow("ed25519");
    expect(() => newSigner("a b", generateKeyPairSync("ed25519").privateKey)).toThrow("no key name");
  });
});
