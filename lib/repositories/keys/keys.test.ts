// Host keys as people paste them, and private keys as ssh-keygen writes them and reads ours.
import { execFileSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makePrivateKey, readPrivateKey } from "./private-key.ts";
import { fingerprintOf, readHostKeys, stringsOf } from "./rules.ts";
import { KeyLine } from "./schema.ts";

const folder = mkdtempSync(join(tmpdir(), "pilothouse-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let nth = 0;

/** `type base64`, and the file of the private half. */
function keygen(...args: string[]): { line: string; file: string; text: string } {
  const file = join(folder, `key-${nth++}`);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "", "-f", file, ...args], { stdio: "pipe" });
  const line = readFileSync(`${file}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" ");
  return { line, file, text: readFileSync(file, "utf8") };
}
const shown = (line: string): string => {
  const file = join(folder, `shown-${nth++}`);
  writeFileSync(file, `${line}\n`);
  return execFileSync("ssh-keygen", ["-l", "-f", file], { encoding: "utf8" });
};

const place = { user: "git", host: "git.example.org", port: 22, path: "/a" };
const elsewhere = { ...place, port: 2222 };
const { line } = keygen("-t", "ed25519");

function hashed(name: string): string {
  const salt = randomBytes(20);
  const hash = createHmac("sha1", salt).update(name).digest("base64");
  return `|1|${salt.toString("base64")}|${hash}`;
}

describe("host keys", () => {
  test("are read in every way that ssh writes them, once each", () => {
    const text = [
      ...["# git.example.org:22 SSH-2.0-OpenSSH_9.2", "", line, `${line} root@git`],
      ...[`git.example.org ${line}`, `other.example,GIT.example.org ${line}`],
      `${hashed("git.example.org")} ${line}`,
    ].join("\r\n");
    expect(readHostKeys(text, place)).toEqual([line]);
    expect(readHostKeys(`[git.example.org]:2222 ${line}`, elsewhere)).toEqual([line]);
    expect(readHostKeys(`${hashed("[git.example.org]:2222")} ${line}`, elsewhere)).toEqual([line]);
  });

  test.each(["ed25519", "ecdsa", "rsa"])("of the type %s have the fingerprint that ssh shows", (type) => {
    const key = keygen("-t", type);
    expect(readHostKeys(key.line, place)).toEqual([key.line]);
    expect(shown(key.line)).toContain(` ${fingerprintOf(key.line)} `);
  });

  test("probe: of another host, of a kind that is not taken, cut short or altered are refused with a sentence", () => {
    const [type = "", base64 = ""] = line.split(" ");
    for (const [text, sentence] of [
      ["", /Paste lines/],
      ["# nothing", /Paste lines/],
      ["SHA256:uNiVztksCsDhcc0u9e8BrJEXwBRbnJ4MhJtEJhw0v7E", /no public key/],
      [`evil.example ${line}`, /of another host than git\.example\.org/],
      [`git.example.org.evil.example ${line}`, /of another host/],
      [`[git.example.org]:2222 ${line}`, /of another host/],
      [`${hashed("evil.example")} ${line}`, /of another host/],
      [`@cert-authority git.example.org ${line}`, /no public key/],
      [`@revoked git.example.org ${line}`, /no public key/],
      [`* ${line}`, /of another host/],
      [`git.example.org ssh-dss ${base64}`, /no public key/],
      [`${type} ${base64.slice(0, -8)}`, /not whole/],
      [`ssh-rsa ${base64}`, /not whole/],
      [`${type} ${base64}!`, /not whole/],
      [keygen("-t", "rsa", "-b", "1024").line, /less than 2048/],
      [Array.from({ length: 9 }, () => keygen("-t", "ed25519").line).join("\n"), /More than 8/],
    ] as const)
      expect(() => readHostKeys(text, place)).toThrow(sentence);
  });
});

const string = (bytes: Buffer | string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(bytes));
  return Buffer.concat([length, Buffer.from(bytes as string)]);
};
const lineOf = (type: string, ...parts: readonly Buffer[]): string =>
  `${type} ${Buffer.concat([type, ...parts].map(string)).toString("base64")}`;
const partsOf = (key: string): Buffer[] => stringsOf(Buffer.from(key.split(" ")[1] ?? "", "base64")) ?? [];

describe("probe: a host key that is written as one and that nothing can use", () => {
  const [, curve = Buffer.alloc(0), point = Buffer.alloc(0)] = partsOf(keygen("-t", "ecdsa").line);
  const [, exponent = Buffer.alloc(0), modulus = Buffer.alloc(0)] = partsOf(keygen("-t", "rsa").line);
  const off = Buffer.from(point);
  off[64] = (off[64] ?? 0) ^ 1;
  const ECDSA = "ecdsa-sha2-nistp256";

  test.each<[string, string, RegExp]>([
    ["Ed25519 of 31 bytes", lineOf("ssh-ed25519", Buffer.alloc(31, 1)), /not whole/],
    ["Ed25519 of 33 bytes", lineOf("ssh-ed25519", Buffer.alloc(33, 1)), /not whole/],
    ["Ed25519 with something after it", lineOf("ssh-ed25519", Buffer.alloc(32, 1), curve), /not whole/],
    ["a type and nothing", lineOf("ssh-ed25519"), /not whole/],
    ["ECDSA of another curve than its type", lineOf("ecdsa-sha2-nistp384", curve, point), /not whole/],
    ["ECDSA whose point is short", lineOf(ECDSA, curve, point.subarray(0, 64)), /not whole/],
    ["ECDSA whose point is none of its curve", lineOf(ECDSA, curve, off), /no point of its curve/],
    ["RSA without its modulus", lineOf("ssh-rsa", exponent), /not whole/],
    ["RSA with a negative modulus", lineOf("ssh-rsa", exponent, modulus.subarray(1)), /not whole/],
    ["RSA with an even exponent", lineOf("ssh-rsa", Buffer.from([2]), modulus), /not whole/],
    ["RSA that is padded to its length", lineOf("ssh-rsa", exponent, Buffer.alloc(257)), /not whole/],
    ["RSA of 2041 bits", lineOf("ssh-rsa", exponent, Buffer.alloc(256, 1)), /less than 2048/],
    [
      "RSA that is too long to be kept",
      lineOf("ssh-rsa", exponent, Buffer.alloc(2049, 1)),
      /more than 16384/,
    ],
  ])("%s is refused with a sentence", (_, key, sentence) => {
    expect(() => readHostKeys(key, place)).toThrow(sentence);
  });

  test("and those of ssh-keygen of every length are taken, and fit what is kept", () => {
    for (const args of [
      ["ecdsa", "384"],
      ["ecdsa", "521"],
      ["rsa", "2048"],
      ["rsa", "4096"],
    ] as const) {
      const { line: made } = keygen("-t", args[0], "-b", args[1]);
      expect(readHostKeys(made, place).map((each) => KeyLine.parse(each))).toEqual([made]);
    }
    const longest = lineOf("ssh-rsa", exponent, Buffer.concat([Buffer.from([0]), Buffer.alloc(2048, 255)]));
    expect(KeyLine.parse(readHostKeys(longest, place)[0])).toBe(longest);
  });
});

/** The file with some of its bytes changed: `from` the end of what is in it. */
function altered(text: string, change: (blob: Buffer) => Buffer): string {
  const lines = text.trim().split("\n");
  const blob = change(Buffer.from(lines.slice(1, -1).join(""), "base64"));
  return [lines[0], blob.toString("base64"), lines.at(-1)].join("\n");
}
const replaced = (blob: Buffer, part: Buffer, by: Buffer): Buffer => {
  const at = blob.indexOf(part);
  expect(at).toBeGreaterThan(0);
  return Buffer.concat([blob.subarray(0, at), by, blob.subarray(at + part.length)]);
};

describe("probe: a private key that no host would take", () => {
  test.each(["ed25519", "ecdsa", "rsa"])("of the type %s, with the public half of another", (type) => {
    const [one, other] = [keygen("-t", type), keygen("-t", type)];
    const [mine, theirs] = [one, other].map((key) => Buffer.from(key.line.split(" ")[1] ?? "", "base64"));
    const file = altered(one.text, (blob) => replaced(blob, mine ?? blob, theirs ?? blob));
    expect(() => readPrivateKey(file)).toThrow(/of another key than its private one/);
  });

  test("whose halves agree and are not of its secret", () => {
    const key = keygen("-t", "ed25519");
    const [, open = Buffer.alloc(0)] = partsOf(key.line);
    const file = altered(key.text, (blob) => {
      const forged = Buffer.from(blob);
      for (let at = forged.indexOf(open); at >= 0; at = forged.indexOf(open, at + 1))
        forged[at] = (open[0] ?? 0) ^ 1;
      return forged;
    });
    expect(() => readPrivateKey(file)).toThrow(/of another key than its private one/);
  });

  test.each<[string, (blob: Buffer) => Buffer, RegExp]>([
    [
      "with other bytes at its end than fill its block",
      (blob) => {
        blob[blob.length - 1] = 9;
        return blob;
      },
      /not whole/,
    ],
    ["that is cut within its private half", (blob) => blob.subarray(0, -8), /OpenSSH's format/],
    ["with something after it", (blob) => Buffer.concat([blob, string("more")]), /OpenSSH's format/],
  ])("%s", (_, change, sentence) => {
    // A comment of three letters leaves room for bytes that fill the block.
    const file = join(folder, `filled-${nth++}`);
    execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "abc", "-f", file, "-t", "ed25519"], { stdio: "pipe" });
    expect(() => readPrivateKey(altered(readFileSync(file, "utf8"), change))).toThrow(sentence);
  });

  test("of an RSA that is too short for any host", () => {
    expect(() => readPrivateKey(keygen("-t", "rsa", "-b", "1024").text)).toThrow(/less than 2048/);
  });
});

describe("a private key", () => {
  test("that is made is one for ssh, and another each time", () => {
    const made = makePrivateKey();
    const file = join(folder, "made");
    writeFileSync(file, made.privateKey, { mode: 0o600 });
    const read = execFileSync("ssh-keygen", ["-y", "-P", "", "-f", file], { encoding: "utf8" });
    expect(read.trim().split(" ").slice(0, 2).join(" ")).toBe(made.publicKey);
    expect(readPrivateKey(made.privateKey)).toEqual(made);
    expect(makePrivateKey().publicKey).not.toBe(made.publicKey);
  });

  test.each(["ed25519", "ecdsa", "rsa"])("of the type %s is read, whatever its lines are", (type) => {
    const key = keygen("-t", type);
    expect(readPrivateKey(key.text).publicKey).toBe(key.line);
    const again = join(folder, `again-${nth++}`);
    writeFileSync(again, readPrivateKey(key.text.replaceAll("\n", "\r\n")).privateKey, { mode: 0o600 });
    expect(execFileSync("ssh-keygen", ["-y", "-f", again], { encoding: "utf8" })).toContain(key.line);
  });

  test("probe: with a passphrase, of another format, cut short or none at all is refused without a word of it", () => {
    const key = keygen("-t", "ed25519");
    const locked = keygen("-t", "ed25519");
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "secret1", "-f", locked.file], { stdio: "pipe" });
    const lines = key.text.trim().split("\n");
    const cut = [...lines.slice(0, 2), ...lines.slice(-1)].join("\n");
    for (const [text, sentence] of [
      [readFileSync(locked.file, "utf8"), /passphrase/],
      [keygen("-t", "rsa", "-m", "PEM").text, /OpenSSH's format/],
      [key.line, /OpenSSH's format/],
      [cut, /OpenSSH's format/],
      [key.text.replace(/AAAA/, "AAAB"), /OpenSSH's format/],
      ["", /OpenSSH's format/],
    ] as const) {
      let said = "";
      try {
        readPrivateKey(text);
      } catch (error) {
        said = error instanceof Error ? error.message : "";
      }
      expect(said).toMatch(sentence);
      expect(said).not.toContain(lines[1]?.slice(0, 20));
    }
  });
});
