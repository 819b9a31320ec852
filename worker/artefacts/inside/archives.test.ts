// What is said of archives that are not what they seem (H15), and of bytes by what is in them.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Member, pax, tarOf, zipOf } from "#lib/testing/archives/archives.ts";
import { lookIntoArchive, MOST_ENTRIES } from "./archives.ts";
import { kindOf } from "./sniff.ts";

const MB = 1024 * 1024;
const fine: Member = { name: "a/b.txt", content: "hello" };
const rules = (bytes: Buffer) => lookIntoArchive(bytes).map(({ rule }) => rule);

/** A header of pax whose first word leads out and whose second only looks as if another took its place. */
function twoWords(path: string): string {
  const word = (key: string, value: string) => `${pax(key, value).content}`;
  return word("path", path) + word("comment", "x\n11 path=ok");
}

/** A tar whose first member says it is as long as the one behind it, which leads out. */
function covering(type: string, name: string): Buffer {
  return tarOf({ name, type, content: tarOf({ name: "../x", content: "x" }).subarray(0, 1024) });
}

/** The same in the form of 1979, without the word in its header. */
function oldForm(tar: Buffer): Buffer {
  const old = Buffer.from(tar);
  old.fill(0, 257, 265);
  old.write(" ".repeat(8), 148);
  const sum = old.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  old.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return old;
}

/** An entry that lies there and that the list, which begins behind it, does not name. */
function unlisted(): Buffer {
  const hidden = zipOf({ name: "../x", content: "x" });
  const local = hidden.subarray(0, hidden.indexOf("PK\x01\x02", 0, "latin1"));
  const made = zipOf(fine);
  const list = made.indexOf("PK\x01\x02", 0, "latin1");
  const bytes = Buffer.concat([made.subarray(0, list), local, made.subarray(list)]);
  bytes.writeUInt32LE(list + local.length, bytes.length - 6);
  return bytes;
}

function madeOn(system: number, zip: Buffer): Buffer {
  const bytes = Buffer.from(zip);
  bytes[bytes.indexOf("PK\x01\x02", 0, "latin1") + 5] = system;
  return bytes;
}

/** Of the first entry, where it lies. */
function changedAt(at: number, value: number): Buffer {
  const bytes = Buffer.from(zipOf(fine));
  bytes.writeUInt32LE(value, at);
  return bytes;
}

/** With a name in an extra field of its list (0x7075). */
function renamed(): Buffer {
  const made = zipOf(fine);
  const end = made.length - 22;
  const extra = Buffer.concat([Buffer.from("757009000100000000", "hex"), Buffer.from("../x")]);
  const bytes = Buffer.concat([made.subarray(0, end), extra, made.subarray(end)]);
  bytes.writeUInt16LE(extra.length, made.indexOf("PK\x01\x02", 0, "latin1") + 30);
  bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 10) + extra.length, bytes.length - 10);
  return bytes;
}

describe("an archive", () => {
  test.each<[string, Buffer]>([
    ["zip", zipOf(fine, { name: "c.txt", content: "x".repeat(5000) })],
    ["stored zip", zipOf({ ...fine, isStored: true })],
    ["empty zip", zipOf()],
    ["tar", tarOf(fine, { name: "d/", type: "5" }, pax("path", "long/name.txt"), fine)],
    ["gzip", gzipSync("hello")],
    ["tar.gz", gzipSync(tarOf(fine))],
    ["zip in a tar", tarOf({ name: "in.zip", content: zipOf(fine) })],
  ])("%s with plain files is nothing to say", (_, bytes) => {
    expect(lookIntoArchive(bytes)).toEqual([]);
  });

  test("what acts or runs in one is said, and so is what nobody can read", () => {
    expect(rules(zipOf({ name: "x.txt", content: "<html><script>1</script>" }))).toEqual(["active"]);
    expect(rules(gzipSync(tarOf({ name: "x", content: Buffer.from("7f454c4601", "hex") })))).toEqual([
      "program",
    ]);
    expect(rules(zipOf({ ...fine, isEncrypted: true }))).toEqual(["archive_encrypted"]);
  });

  const outside = ["../x", "a/../../x", "/etc/passwd", "..\\x", "C:\\x", "\\\\host\\x", "a/..", ""];
  test.each(outside)("probe: the entry %j leads out of its folder, in a zip and in a tar (H15)", (name) => {
    expect(rules(zipOf(fine, { name, content: "x" }))[0]).toBe("archive_path");
    expect(rules(tarOf(fine, { name, content: "x" }))[0]).toBe("archive_path");
    expect(rules(gzipSync(tarOf({ name: "t.tar", content: tarOf({ name, content: "x" }) })))[0]).toBe(
      "archive_path",
    );
  });

  test.each<[string, Buffer, string]>([
    ["a name of pax that leads out", tarOf(pax("path", "../../x"), fine), "archive_path"],
    [
      "a long name of GNU that leads out",
      tarOf({ name: "././@LongLink", type: "L", content: "../x\0" }, fine),
      "archive_path",
    ],
    ["another name where it lies", zipOf({ ...fine, inside: "../b.txt" }), "archive_path"],
    ["a symbolic link", tarOf({ name: "l", type: "2" }, { name: "l/x", content: "x" }), "archive_link"],
    ["a hard link", tarOf({ name: "l", type: "1" }), "archive_link"],
    ["a symbolic link in a zip", zipOf({ name: "l", content: "/etc", mode: 0o120777 }), "archive_link"],
    ["a device", tarOf({ name: "d", type: "3" }), "archive_special"],
    ["a pipe", tarOf({ name: "d", type: "6" }), "archive_special"],
    ["a device in a zip", zipOf({ name: "d", mode: 0o020666 }), "archive_special"],
    ["a bomb", zipOf({ name: "z", content: Buffer.alloc(40 * MB) }), "archive_ratio"],
    ["a bomb of gzip", gzipSync(Buffer.alloc(40 * MB)), "archive_ratio"],
    [
      "a bomb in an archive",
      tarOf({ name: "z.gz", content: gzipSync(Buffer.alloc(40 * MB)) }),
      "archive_ratio",
    ],
    ["a size that is a lie", zipOf({ name: "z", content: "x".repeat(900), said: 5 }), "archive_ratio"],
    [
      "too many entries",
      tarOf(...Array.from({ length: MOST_ENTRIES + 1 }, (_, n) => ({ name: `${n}` }))),
      "archive_entries",
    ],
    ["archives in archives in archives", gzipSync(gzipSync(gzipSync(gzipSync("x")))), "archive_nested"],
    ["no end", tarOf(fine).subarray(0, 600), "archive_unreadable"],
    ["something after its end", Buffer.concat([tarOf(fine), Buffer.from("more")]), "archive_unreadable"],
    ["something before its list", Buffer.concat([zipOf(fine), Buffer.from("more")]), "archive_unreadable"],
    [
      "a name of pax that a comment seems to replace",
      tarOf({ ...pax("path", ""), content: twoWords("../../x") }, fine),
      "archive_path",
    ],
    ["one name for all entries", tarOf({ ...pax("path", "ok"), type: "g" }, fine), "archive_unreadable"],
    ["holes as pax says them", tarOf(pax("GNU.sparse.name", "../x"), fine), "archive_special"],
    ["two sizes", tarOf(pax("size", "1024"), fine, fine, fine), "archive_unreadable"],
    ["a folder that covers entries", covering("5", "d"), "archive_unreadable"],
    ["a folder by its name alone", covering("0", "d/"), "archive_unreadable"],
    ["a short name that leads out", tarOf(pax("path", "ok"), { name: "../x" }), "archive_path"],
    ["a picture's beginning as its name", tarOf({ name: "GIF89a" }, { name: "../x" }), "archive_path"],
    ["no word that it is one", oldForm(tarOf({ name: "../x", content: "x" })), "archive_path"],
    ["a picture before it", Buffer.concat([Buffer.from("GIF89a"), zipOf(fine)]), "archive_unreadable"],
    [
      "a picture before and text behind",
      Buffer.concat([Buffer.from("GIF89a"), zipOf(fine), Buffer.from("more")]),
      "archive_unreadable",
    ],
    [
      "another archive behind its zeros",
      Buffer.concat([gzipSync("hello"), Buffer.alloc(1), zipOf(fine)]),
      "archive_unreadable",
    ],
    ["an entry that is not listed", unlisted(), "archive_unreadable"],
    ["a link as another system keeps it", madeOn(5, zipOf({ name: "l", mode: 0o120777 })), "archive_link"],
    ["another size where it lies", changedAt(18, 1), "archive_unreadable"],
    ["a name in an extra field", renamed(), "archive_path"],
    [
      "a broken stream",
      Buffer.concat([gzipSync("hello").subarray(0, 12), Buffer.from("x")]),
      "archive_unreadable",
    ],
    ["a form nobody reads here", Buffer.from("377abcaf271c0004", "hex"), "archive_unreadable"],
  ])("probe: one with %s is refused for it", (_, bytes, rule) => {
    expect(rules(bytes)[0]).toBe(rule);
  });

  test("probe: entries that share their bytes are refused", () => {
    const bytes = Buffer.from(zipOf(fine, fine));
    const second = bytes.lastIndexOf("PK\x01\x02", undefined, "latin1");
    bytes.writeUInt32LE(0, second + 42);
    expect(rules(bytes)[0]).toBe("archive_ratio");
  });

  test("probe: whatever is changed in one, it is looked into to the end or refused; nothing throws", () => {
    const whole = [
      zipOf(fine, { name: "c", content: "x".repeat(300) }),
      tarOf(fine, fine),
      gzipSync(tarOf(fine)),
    ];
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.array(change, { maxLength: 8 }),
        fc.nat(),
        (made, changes, cut) => {
          const bytes = Buffer.from(made);
          for (const [at, to] of changes) bytes[at % bytes.length] = to;
          expect(Array.isArray(lookIntoArchive(bytes.subarray(0, bytes.length - (cut % 40))))).toBe(true);
        },
      ),
    );
  });
});

describe("what bytes are", () => {
  test.each<[string, string | Buffer, string, "active" | "program" | null]>([
    ["HTML", "  <!doctype html><p>x", "text/html", "active"],
    ["HTML after a comment", `<!-- ${"x".repeat(2000)} --><script>x</script>`, "text/html", "active"],
    ["HTML in UTF-16", Buffer.from("\ufeff<html><script>", "utf16le"), "text/html", "active"],
    ["HTML with a NUL byte", "<html>\0<script>x</script>", "text/html", "active"],
    ["HTML with NUL bytes in its tags", "<\0ht\0ml><scr\0ipt>x", "text/html", "active"],
    ["HTML in UTF-16 without its mark", Buffer.from("<html><script>", "utf16le"), "text/html", "active"],
    ["HTML in Latin-1", Buffer.from("<html>\xe9<script>", "latin1"), "text/html", "active"],
    ["SVG with a NUL byte", "\0<svg onload=x>", "image/svg+xml", "active"],
    ["XML with a NUL byte", '\0<?xml version="1.0"?><x/>', "text/xml", "active"],
    ["a script with a NUL byte", "#!/bin/sh\n\0rm -rf /\n", "text/x-script", "program"],
    ["SVG", '<?xml version="1.0"?><svg xmlns="x"><script/></svg>', "image/svg+xml", "active"],
    ["XML", '<?xml version="1.0"?><testsuites/>', "text/xml", "active"],
    ["PDF", "%PDF-1.7\n", "application/pdf", "active"],
    ["a script", "#!/bin/sh\nrm -rf /\n", "text/x-script", "program"],
    ["ELF", Buffer.from("7f454c46020101", "hex"), "application/x-elf", "program"],
    ["PE", "MZ\x90\0", "application/vnd.microsoft.portable-executable", "program"],
    ["Mach-O", Buffer.from("cffaedfe0c", "hex"), "application/x-mach-binary", "program"],
    ["WebAssembly", Buffer.from("0061736d01", "hex"), "application/wasm", "program"],
    ["JSON", '{"a": [1]}', "application/json", null],
    ["text", "a < b and <b", "text/plain", null],
    ["an image", Buffer.from("89504e470d0a1a0a", "hex"), "image/png", null],
    ["bytes", Buffer.from([1, 0, 2]), "application/octet-stream", null],
    ["nothing of text", Buffer.from([0xff, 0x41]), "application/octet-stream", null],
  ])("%s is told by its content", (_, bytes, media, how) => {
    const kind = kindOf(Buffer.from(bytes));
    expect([kind.media, kind.active ? "active" : kind.program ? "program" : null]).toEqual([media, how]);
  });
});
