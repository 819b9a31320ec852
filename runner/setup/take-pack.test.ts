// What is taken of a pack, whoever wrote it: nothing but plain files, folders and links inside the declared folders.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { linkProblem, pathProblem } from "./pack-names.ts";
import { type PackCaps, type TakenPack, takePack } from "./take-pack.ts";

const PATHS = ["node_modules", "vendor/lib"];
const WORKSPACES = ["packages/a"];
const PLACES = { roots: PATHS, workspaces: WORKSPACES };
let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pilothouse-pack-"));
  folder = join(root, "into");
  mkdirSync(folder);
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

type Entry = readonly [object, string?];
const dir = (p: string): Entry => [{ t: "d", p }];
const file = (p: string, text = "", x = 0): Entry => [{ t: "f", p, x, n: Buffer.byteLength(text) }, text];
const link = (p: string, to: string): Entry => [{ t: "l", p, to }];
const ROOT = dir("node_modules");

function packed(entries: readonly Entry[], end: object = {}): Buffer {
  const bytes = entries.reduce((sum, [, text = ""]) => sum + Buffer.byteLength(text), 0);
  const all: Entry[] = [...entries, [{ t: "end", entries: entries.length, bytes, ...end }]];
  return Buffer.concat(all.map(([line, text = ""]) => Buffer.from(`${JSON.stringify(line)}\n${text}`)));
}

const take = (bytes: Buffer, caps?: PackCaps, size = bytes.length): Promise<TakenPack> => {
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return takePack(Readable.from(chunks), { folder, paths: PATHS, workspaces: WORKSPACES, caps });
};

const PLAIN: readonly Entry[] = [
  ...[ROOT, dir("node_modules/.bin"), dir("node_modules/a"), file("node_modules/a/x.js", "run\n", 1)],
  ...[
    file("node_modules/a/empty"),
    link("node_modules/.bin/a", "../a/x.js"),
    dir("vendor/lib"),
    file("vendor/lib/ö €", "2"),
  ],
];

describe("a pack", () => {
  test("becomes files, folders and links, without owners, bits or times", async () => {
    expect(await take(packed(PLAIN))).toMatchObject({ entries: 8, bytes: 5 });
    expect(readFileSync(join(folder, "0/a/x.js"), "utf8")).toBe("run\n");
    expect(lstatSync(join(folder, "0/a/x.js")).mode & 0o7777).toBe(0o555);
    expect(lstatSync(join(folder, "0/a/empty")).mode & 0o7777).toBe(0o444);
    expect(readlinkSync(join(folder, "0/.bin/a"))).toBe("../a/x.js");
    expect(readFileSync(join(folder, "1/ö €"), "utf8")).toBe("2");
    expect(readdirSync(folder)).toEqual(["0", "1"]);
  });

  test("is the same in chunks of any size, and has a digest of its contents whatever their order", async () => {
    const whole = await take(packed(PLAIN));
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    const other = [...PLAIN.slice(6), ...PLAIN.slice(0, 6)];
    expect(await take(packed(other), undefined, 1)).toEqual(whole);
  });

  test("links to workspaces of the tree, to what is in them, and from one declared folder into another", async () => {
    const links = [
      link("node_modules/ours", "../packages/a"),
      link("node_modules/b.js", "../packages/a/bin/b.js"),
      link("node_modules/lib", "../vendor/lib"),
    ];
    await take(packed([ROOT, ...links, dir("vendor/lib")]));
    expect(readlinkSync(join(folder, "0/ours"))).toBe("../packages/a");
    expect(readlinkSync(join(folder, "0/lib"))).toBe("../vendor/lib");
  });

  test("of other contents has another digest", async () => {
    const digests = [];
    for (const last of [
      file("node_modules/x", "1"),
      file("node_modules/x", "2"),
      file("node_modules/x", "1", 1),
      link("node_modules/x", "y"),
    ]) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      digests.push((await take(packed([ROOT, last]))).contents);
    }
    expect(new Set(digests).size).toBe(4);
  });
});

describe("probe: a pack with", () => {
  test.each<[string, readonly Entry[]]>([
    ["a folder nobody declared", [dir("home")]],
    ["~/.npmrc", [ROOT, file("../../home/agent/.npmrc", "token")]],
    ["an absolute path", [file("/etc/passwd", "x")]],
    ["a way up", [ROOT, file("node_modules/../x", "x")]],
    ["a way up at the end", [ROOT, dir("node_modules/..")]],
    ["a dot", [ROOT, dir("node_modules/.")]],
    ["an empty name", [ROOT, file("node_modules//x", "x")]],
    ["a NUL", [ROOT, file("node_modules/a\u0000b", "x")]],
    ["a line break", [ROOT, file("node_modules/a\nb", "x")]],
    ["half a character", [ROOT, file("node_modules/\ud800", "")]],
    ["a long name", [ROOT, file(`node_modules/${"x".repeat(256)}`, "x")]],
    ["a deep path", [ROOT, file(`node_modules/${"x/".repeat(70)}y`, "x")]],
    ["a sibling of like name", [dir("node_modules2")]],
    ["a file where the folder should be", [file("node_modules", "x")]],
    ["a link where the folder should be", [link("node_modules", "vendor")]],
    ["a link to a workspace where the folder should be", [link("node_modules", "packages/a")]],
    ["a link to a declared folder where another should be", [ROOT, link("vendor/lib", "../node_modules")]],
    ["a file in a folder that is not there", [ROOT, file("node_modules/a/b", "x")]],
    ["a file twice", [ROOT, file("node_modules/a", "x"), file("node_modules/a", "y")]],
    ["a file below a file", [ROOT, file("node_modules/a", "x"), file("node_modules/a/b", "y")]],
    ["a file through a link", [ROOT, link("node_modules/a", "."), file("node_modules/a/b", "y")]],
    ["a link to the host", [ROOT, link("node_modules/a", "/etc/passwd")]],
    ["a link to a folder that is no workspace", [ROOT, link("node_modules/a", "../src")]],
    ["a link beside a workspace", [ROOT, link("node_modules/a", "../packages/ab")]],
    ["a link above a workspace", [ROOT, link("node_modules/a", "../packages")]],
    ["a link to the tree itself", [ROOT, link("node_modules/a", "..")]],
    ["a link through a workspace and up", [ROOT, link("node_modules/a", "../packages/a/../../src")]],
    ["a link out of the tree", [ROOT, link("node_modules/a", "../../../etc/shadow")]],
    [
      "a link that goes up through another",
      [ROOT, dir("node_modules/d"), link("node_modules/d/l", "../.."), link("node_modules/d/m", "l/..")],
    ],
    ["an empty link", [ROOT, link("node_modules/a", "")]],
    ["a device", [ROOT, [{ t: "c", p: "node_modules/null", major: 1, minor: 3 }]]],
    ["a hard link", [ROOT, [{ t: "h", p: "node_modules/a", to: "/etc/shadow" }]]],
    ["set-user-id bits", [ROOT, [{ t: "f", p: "node_modules/a", x: 0o4755, n: 0 }]]],
    ["an owner", [ROOT, [{ t: "f", p: "node_modules/a", x: 0, n: 0, uid: 0 }]]],
    ["a negative size", [ROOT, [{ t: "f", p: "node_modules/a", x: 0, n: -1 }]]],
    ["a line that is no JSON", [ROOT, [{ t: "f", p: "node_modules/a", x: 0, n: 3 }, "abcde"]]],
    ["too long a line", [[{ t: "d", p: "x".repeat(10_000) }]]],
  ])("%s is refused, and nothing outside its folder is written", async (_what, entries) => {
    await expect(take(packed(entries))).rejects.toMatchObject({ code: "refused" });
    expect(readdirSync(root)).toEqual(["into"]);
    for (const name of readdirSync(folder)) expect(["0", "1"]).toContain(name);
  });

  test.each<[string, Buffer]>([
    ["no end", packed([ROOT]).subarray(0, 25)],
    ["an end in the middle", Buffer.concat([packed([ROOT]), packed([dir("vendor/lib")])])],
    ["another count", packed([ROOT], { entries: 7 })],
    ["another size", packed([ROOT], { bytes: 7 })],
    ["nothing", Buffer.alloc(0)],
    ["a file cut short", packed([ROOT, file("node_modules/a", "abc")]).subarray(0, 70)],
  ])("%s is refused", async (_what, bytes) => {
    await expect(take(bytes)).rejects.toMatchObject({ code: "refused" });
  });

  test("more entries or bytes than it may have is refused before they are written", async () => {
    await expect(take(packed(PLAIN), { entries: 3, bytes: 100 })).rejects.toThrow("more than 3 files");
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    const giant = Buffer.from(
      `${JSON.stringify({ t: "d", p: "node_modules" })}\n${JSON.stringify({ t: "f", p: "node_modules/g", x: 0, n: 2 ** 50 })}\n`,
    );
    await expect(take(giant)).rejects.toThrow(/more than \d+ bytes/);
    expect(existsSync(join(folder, "0/g"))).toBe(false);
  });

  test("why setup failed gives that as the reason", async () => {
    const said = Buffer.from(
      `${JSON.stringify({ t: "failed", because: "The setup command ended with exit code 7." })}\n`,
    );
    await expect(take(said)).rejects.toThrow("exit code 7");
  });

  test("a name that is there already is not written through", async () => {
    mkdirSync(join(folder, "0"));
    symlinkSync(join(root, "outside"), join(folder, "0", "a"));
    await expect(take(packed([ROOT, file("node_modules/a", "x")]))).rejects.toThrow("EEXIST");
    expect(existsSync(join(root, "outside"))).toBe(false);
  });
});

test("probe: a path that is taken stays below its folder, and a link leads into a declared folder or a workspace", () => {
  const part = fc.constantFrom("..", "..", ".", "", "a", "node_modules", "packages", "b", "/", "~");
  const path = fc.array(part, { maxLength: 8 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(path, (text) => {
      if (pathProblem(text, PATHS) === null)
        expect(PATHS.some((root) => normalize(text) === text && `${text}/`.startsWith(`${root}/`))).toBe(
          true,
        );
    }),
  );
  fc.assert(
    fc.property(path, path, (inside, to) => {
      const at = `node_modules/${inside}`;
      if (pathProblem(at, PATHS) !== null || linkProblem(at, to, PLACES) !== null) return;
      expect(to.startsWith("/")).toBe(false);
      const target = `${normalize(join(at, "..", to))}/`;
      expect([...PATHS, ...WORKSPACES].some((place) => target.startsWith(`${place}/`))).toBe(true);
    }),
  );
});
