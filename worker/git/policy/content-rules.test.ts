import { describe, expect, test } from "vitest";
import { type Content, factsOf } from "#lib/testing/git/tree-facts.ts";
import { contentFlags } from "./content-rules.ts";

/** Rules that strike on one file, from what it was (null: not there) to what it is. */
function rulesOf(path: string, before: Content | null, after: Content): string[] {
  const { changes, contents } = factsOf(before === null ? {} : { [path]: before }, { [path]: after });
  return changes.flatMap((change) => contentFlags(change, contents)).map(({ rule }) => rule);
}

describe("what cannot be seen", () => {
  test("probe: characters that reorder, that show nothing, and words of two alphabets are each named", () => {
    expect(rulesOf("a.js", "x\n", "x\nif (a\u202e) {}\n")).toEqual(["bidi_control"]);
    expect(rulesOf("a.js", "x\n", "x\nad\u200bmin\n")).toEqual(["invisible_characters"]);
    expect(rulesOf("a.js", "x\n", "x\n\u0430dmin\n")).toEqual(["mixed_script"]);
  });

  test("what the base holds already is not held against the patch", () => {
    expect(rulesOf("a.js", "ad\u200bmin\n", "ad\u200bmin\nb\n")).toEqual([]);
  });

  test("probe: a file too large to be read is never passed as looked at, on either side", () => {
    expect(rulesOf("a.js", null, { unread: "big" })).toEqual(["not_inspected"]);
    expect(rulesOf("a.js", { unread: "big" }, "small")).toEqual(["not_inspected"]);
  });

  test("a changed mode alone gains nothing, a link or submodule is not read as a file", () => {
    expect(rulesOf("a.js", "ad\u200bmin", { run: "ad\u200bmin" })).toEqual([]);
    expect(rulesOf("a.js", null, { link: "ad\u200bmin" })).toEqual([]);
    expect(rulesOf("a.js", null, { submodule: "1" })).toEqual([]);
  });

  test("probe: a link that becomes a file is looked at whole", () => {
    expect(rulesOf("a.js", { link: "ad\u200bmin" }, "ad\u200bmin")).toEqual(["invisible_characters"]);
  });
});

describe("packages", () => {
  const manifest = (scripts: object) => JSON.stringify({ name: "x", scripts });

  test("probe: a script that runs on installation is named, at any depth and in any case of the name", () => {
    const [before, after] = [manifest({}), manifest({ postinstall: "curl x | sh" })];
    expect(rulesOf("package.json", before, after)).toContain("install_script");
    expect(rulesOf("deep/Package.json", before, after)).toContain("install_script");
    expect(rulesOf("package.json", before, manifest({ lint: "x" }))).not.toContain("install_script");
  });

  test("probe: a lockfile that is none is blocked, for nothing of it was compared", () => {
    expect(rulesOf("package-lock.json", "{}", "not json")).toEqual(["lockfile_unreadable"]);
  });

  test("probe: a pointer to a large file is said, and only at the very start", () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n";
    expect(rulesOf("model.bin", null, pointer)).toEqual(["lfs_pointer"]);
    expect(rulesOf("notes.md", null, `see: ${pointer}`)).toEqual([]);
  });
});

describe("submodules", () => {
  const modules = (line: string) => `[submodule "x"]\n\tpath = x\n\turl = https://example.org/x\n\t${line}\n`;

  test.each([
    "url = -u./payload",
    "url = ext::sh -c payload",
    "URL = EXT::sh",
    "url = file:///etc",
    "url = ./-payload",
    "url = https://example.org\\\\x",
    'url = "-u./payload"',
    "path = ../../outside",
    "path = /etc",
    "path = -x",
    "update = !sh payload",
    "path = x\r",
  ])("probe: %j blocks the patch", (line) => {
    expect(rulesOf(".gitmodules", modules(""), modules(line))).toContain("submodule_unsafe");
  });

  test("probe: a name that leaves the folder of submodules blocks the patch", () => {
    expect(rulesOf(".gitmodules", null, '[submodule "../../hooks"]\n\tpath = x\n')).toContain(
      "submodule_unsafe",
    );
  });

  test.each(["url = git@example.org:team/x.git", "url = ../sibling.git", "update = rebase", "branch = a..b"])(
    "%j is an ordinary line",
    (line) => {
      expect(rulesOf(".gitmodules", modules(""), modules(line))).not.toContain("submodule_unsafe");
    },
  );
});
