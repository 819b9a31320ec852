// As it is run: a process of its own, files, an exit code.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  bundleLines,
  checkpointNote,
  createSigner,
  fileOf,
  hashesOf,
  inclusionPath,
  type Leaf,
} from "./testing/build.ts";
import { entry, log, mergeLeaves, ORIGIN, policyOf, scene, witness, witnessed } from "./testing/scene.ts";

const folder = mkdtempSync(join(tmpdir(), "pilothouse-verify-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const MAIN = join(import.meta.dirname, "main.ts");

function run(args: readonly string[], main = MAIN) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  return { code: status, stdout, stderr };
}

const leaves = mergeLeaves();
const lines = bundleLines(scene({ leaves }));
const good = put("good.jsonl", fileOf(lines));
const policy = put("policy", witnessed);

describe("pilothouse-verify", () => {
  test("says 0 for what holds, and the same as JSON", () => {
    const old = put("old", checkpointNote(ORIGIN, hashesOf(leaves.slice(0, 4)), [log]));
    expect(run([good, "--policy", policy, "--old", old])).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringContaining("Everything that was checked holds."),
    });
    const { code, stdout } = run([good, "--policy", policy, "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ code: 0, unreadable: null })]);
  });

  test("says 1 for what does not hold, 3 for what cannot be shown", () => {
    const bad = put("bad.jsonl", fileOf(lines).toString().replace("agt_1", "agt_2"));
    expect(run([bad, "--policy", policy])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("another root"),
    });
    const alone = put(
      "alone",
      policyOf(
        `log ${log.vkey}`,
        `witness w ${createSigner("witness.example/w2", "witness").vkey}`,
        "quorum w",
      ),
    );
    expect(run([good, "--policy", alone])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("not reached"),
    });
  });

  test.each<[string, string[]]>([
    ["no arguments", []],
    ["no policy", [good]],
    ["two bundles", [good, good, "--policy", policy]],
    ["an unknown option", [good, "--policy", policy, "--trust"]],
    ["a policy that is not there", [good, "--policy", join(folder, "nothing")]],
    ["a bundle that is not there", [join(folder, "nothing"), "--policy", policy]],
    ["a folder", [folder, "--policy", policy]],
    ["a policy that is none", [good, "--policy", good]],
    ["an old checkpoint that is none", [good, "--policy", policy, "--old", policy]],
  ])("says 2 in a sentence for %s", (_, args) => {
    const { code, stdout, stderr } = run(args);
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).not.toContain("    at ");
    expect(`${stdout}${stderr}`.trim()).not.toBe("");
  });

  test("works as a copy of its folder alone", () => {
    const copy = join(folder, "verify");
    const isOurs = (path: string) => !/\.test\.ts$|testing$/.test(path);
    cpSync(import.meta.dirname, copy, { recursive: true, filter: isOurs });
    expect(run([good, "--policy", policy], join(copy, "main.ts")).code).toBe(0);
  });
});

describe("a .tlog-proof", () => {
  const index = 3;
  const body = leaves[index]?.body ?? "";
  const hashes = hashesOf(leaves);
  const path = inclusionPath(index, hashes).map((hash) => `${hash.toString("base64")}\n`);
  const proof = `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.join("")}\n${checkpointNote(ORIGIN, hashes, [log, witness])}`;
  const entryFile = put("entry", body);

  test("shows that the bytes are in the log", () => {
    const file = put("a.tlog-proof", proof);
    expect(run([file, "--entry", entryFile, "--policy", policy])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`These bytes are entry ${index} of ${leaves.length}.`),
    });
    expect(run([file, "--policy", policy]).code).toBe(2);
  });

  test.each<[string, string, string, number]>([
    ["other bytes", proof, `${body} `, 1],
    ["another index", proof.replace("index 3", "index 4"), body, 1],
    ["a path without its end", proof.replace(path.at(-1) ?? "", ""), body, 1],
    ["an index with a leading zero", proof.replace("index 3", "index 03"), body, 2],
    ["no index", proof.replace("index 3\n", ""), body, 2],
    ["no checkpoint", proof.slice(0, proof.indexOf("\n\n") + 2), body, 2],
    ["carriage returns", proof.replaceAll("\n", "\r\n"), body, 2],
  ])("probe: with %s it does not", (_, text, bytes, code) => {
    const args = [put("b.tlog-proof", text), "--entry", put("b", bytes), "--policy", policy];
    expect(run(args).code).toBe(code);
  });
});

describe("probe: hostile files end in one sentence", () => {
  const header = lines[0] ?? "";
  const [one = ""] = bundleLines(scene({ leaves: [{ body: entry("a.b", [], {}, {}) } as Leaf] }));
  const bodyLine = (body: string) => `${one}\n{"body":${JSON.stringify(body)},"index":0,"type":"entry"}\n`;
  test.each<[string, string | Uint8Array]>([
    ["an empty file", ""],
    ["a newline", "\n"],
    ["a byte order mark", `\ufeff${lines.join("\n")}\n`],
    ["carriage returns", `${lines.join("\r\n")}\r\n`],
    ["no end line", `${lines.slice(0, -1).join("\n")}\n`],
    ["no last newline", lines.join("\n")],
    ["a second end line", `${lines.join("\n")}\n${lines.at(-1)}\n`],
    ["two headers", `${header}\n${header}\n`],
    ["bytes that are not UTF-8", Buffer.concat([Buffer.from(`${header}\n{"a`), Buffer.of(0xff, 0x0a)])],
    ["NUL bytes", Buffer.alloc(100_000)],
    ["a line of 40 MB", Buffer.alloc(40_000_000, 0x61)],
    ["an entry of 100 KB", bodyLine(`{"kind":"${"a".repeat(100_000)}"}`)],
    ["an entry nested without end", bodyLine(`{"a":${"[".repeat(30_000)}`)],
    ["an entry with a key twice", bodyLine('{"kind":"a.b","kind":"a.c"}')],
    ["an entry with a number no double holds", bodyLine('{"detail":9007199254740993,"kind":"a.b"}')],
    ["an entry that is not an object", bodyLine("[]")],
    ["an entry without a kind", bodyLine("{}")],
    ["an entry with a lone surrogate", bodyLine('{"kind":"\\ud800"}')],
  ])("%s", (_, content) => {
    const { code, stdout, stderr } = run([put("hostile", content), "--policy", policy]);
    expect([1, 2]).toContain(code);
    expect(`${stdout}${stderr}`).not.toContain("    at ");
    expect(stdout.length).toBeLessThan(3000);
  });
});
