// Host keys as people paste them, and private keys as ssh-keygen writes them and reads ours.
import { execFileSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makePrivateKey, readPrivateKey } from "./private-key.ts";
import { fingerprintOf, readHostKeys } from "./rules.ts";

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
