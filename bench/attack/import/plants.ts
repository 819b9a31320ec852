// What a hostile tree is planted with: one thing each, alone or together with others.
import { makeBlob, makeTree, rootEntries } from "#lib/testing/git/author.ts";

export interface Leaf {
  readonly path: readonly string[];
  readonly mode: "100644" | "100755" | "120000" | "160000";
  /** Bytes of the blob, or the commit of a submodule. */
  readonly content: string;
}

export interface Plant {
  readonly name: string;
  /** False: it may be taken in, shown for what it is. */
  readonly mustStop: boolean;
  readonly leaves: readonly Leaf[];
}

const file = (path: string, content: string, mode: Leaf["mode"] = "100644"): Leaf => ({
  path: path.split("/"),
  mode,
  content,
});
const link = (path: string, target: string): Leaf => file(path, target, "120000");
const plant = (name: string, mustStop: boolean, ...leaves: Leaf[]): Plant => ({ name, mustStop, leaves });

const UNKNOWN = "1".repeat(40);
const module = (lines: string): Leaf =>
  file(".gitmodules", `[submodule "a"]\n\tpath = a\n\turl = https://h.example/a\n${lines}`);

/** `canary`: a command that would leave the canary file, were it run by a program of the host. */
export function plantsWith(canary: string): Plant[] {
  const config = `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${canary}\n\tsshCommand = ${canary}\n\tpager = ${canary}\n`;
  const attributes = "* filter=evil diff=evil merge=evil\n";
  return [
    ...[".git", ".GIT", "git~1", ".g\u200cit", ".git\u200d"].map((name) =>
      plant(`H06 a folder named ${JSON.stringify(name)}`, true, file(`${name}/config`, config)),
    ),
    plant("H06 a folder named ..", true, file("../escaped.js", "x\n")),
    plant("H06 a folder named .", true, file("./escaped.js", "x\n")),
    plant(
      "H05 a bare repository with its own config",
      true,
      file("vendor/x/HEAD", "ref: refs/heads/main\n"),
      file("vendor/x/config", config),
      file("vendor/x/objects/info/packs", "\n"),
      file("vendor/x/refs/heads/main", `${UNKNOWN}\n`),
    ),
    plant(
      "H07 a submodule address that is an option",
      true,
      file(".gitmodules", `[submodule "a"]\n\tpath = a\n\turl = -u${canary}\n`),
    ),
    plant(
      "H07 a submodule name that leaves its folder",
      true,
      file(".gitmodules", '[submodule "../../x"]\n\tpath = a\n\turl = https://h.example/a\n'),
    ),
    plant(
      "H07 a submodule path that is an option",
      true,
      file(".gitmodules", '[submodule "a"]\n\tpath = -x\n\turl = https://h.example/a\n'),
    ),
    plant("H07 a submodule update that is a command", true, module(`\tupdate = !${canary}\n`)),
    plant("H08 a submodule path with a carriage return", true, file("sub\r", UNKNOWN, "160000")),
    plant(
      "H09 a submodule beside a link into .git",
      true,
      file("A/modules/x", UNKNOWN, "160000"),
      link("a", ".git/modules"),
    ),
    plant("H10 a submodule at an unknown commit", false, file("sub", UNKNOWN, "160000")),
    ...["/etc/passwd", "../..", "/proc/self/environ", "../../../../root/.ssh/id_rsa", "a/../../b", "/"].map(
      (target) => plant(`H11 a link to ${target}`, true, link("escape", target)),
    ),
    ...[".git/hooks/pre-commit", ".git/config", ".GIT/hooks/x"].map((target) =>
      plant(`H12 a link to ${target}`, true, link("hook", target)),
    ),
    ...[".gitattributes", ".mailmap", ".gitmodules", ".gitignore"].map((name) =>
      plant(`H12 ${name} as a link`, true, link(name, "src/a.js")),
    ),
    plant(
      "H03 attributes that name drivers",
      false,
      file(".gitattributes", attributes),
      file("driven.js", "x\n"),
    ),
    plant(
      "H17 a large-file pointer and its server",
      false,
      file(".lfsconfig", "[lfs]\n\turl = https://evil.example\n"),
      file("big.bin", `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 5\n`),
    ),
    plant(
      "H22 names with escapes and line breaks",
      false,
      file("a\u001b[31m.js", "x\n"),
      file("b\nc.js", "x\n"),
      file("-rf", "x\n"),
      file("%2e%2e", "x\n"),
    ),
    plant("H22 a name shown in another order", false, file("d\u202etxt.exe", "x\n")),
    plant(
      "H23 names that collide",
      false,
      file("SRC/b.js", "b\n"),
      file("cafe\u0301", "1"),
      file("caf\u00e9", "2"),
    ),
    plant("H24 text shown in another order", false, file("bidi.js", "if (a) { // \u202e } \u2066\n")),
    plant("H25 characters that cannot be seen", false, file("unseen.js", "x\u200b\u{e0041}\n")),
    plant("H02 hooks as ordinary files", false, file("hooks/pre-commit", `#!/bin/sh\n${canary}\n`, "100755")),
    plant("H04 a config file that is only a file", false, file("config", config)),
  ];
}

interface Node {
  readonly folders: Map<string, Node>;
  readonly entries: (readonly [mode: string, oid: string, name: string])[];
}

const emptyNode = (): Node => ({ folders: new Map(), entries: [] });

/** Tree with the base's root entries and these leaves, unchecked. Returns its id. */
export function plantTree(work: string, base: string, leaves: readonly Leaf[]): string {
  const root = emptyNode();
  for (const { path, mode, content } of leaves) {
    let node = root;
    for (const folder of path.slice(0, -1)) {
      const next = node.folders.get(folder) ?? emptyNode();
      node.folders.set(folder, next);
      node = next;
    }
    const oid = mode === "160000" ? content : makeBlob(work, content);
    node.entries.push([mode, oid, path.at(-1) ?? ""]);
  }
  const write = ({ folders, entries }: Node, inherited: Node["entries"]): string => {
    const own = [
      ...entries,
      ...[...folders].map(([name, node]) => ["40000", write(node, []), name] as const),
    ];
    const names = new Set(own.map(([, , name]) => name));
    return makeTree(work, [...inherited.filter(([, , name]) => !names.has(name)), ...own]);
  };
  return write(root, rootEntries(work, base));
}
