// Files of the tree that a command names: they say what it runs, so they are the base's in every tree. Pure. What such a file
// names in its turn is not followed, and a pattern that a shell expands names nothing here: those are tests, mostly.
import path from "node:path";

/** `/**`: what is below it; `.*`: its name with whatever ending. */
export interface NamedFile {
  readonly path: string;
  readonly and: "" | "/**" | ".*";
}

const BETWEEN_WORDS = /[\s;&|()<>"'`={},]+/;
const FOLDER_FOLLOWS = new Set(["cd", "-C", "--prefix", "--cwd"]);
const MODULE_FOLLOWS = /^-[A-Za-ln-z]*m(.*)$/;
const MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];

const named = (name: string, and: NamedFile["and"] = ""): NamedFile => ({ path: name, and });

/** Each word of the command, and those within it: a shell's line is one word. */
const wordsOf = (argv: readonly string[]): string[] =>
  argv.flatMap((word) => {
    const plain = word.replaceAll(/\$(?:PWD|\{PWD\})\//g, "");
    const within = plain.split(BETWEEN_WORDS).filter(Boolean);
    return within.length === 1 && within[0] === plain ? within : [plain, ...within];
  });

/** Python takes `a.b` from the folder it runs in before any other place, with the packages it is in. */
function moduleFiles(name: string): NamedFile[] {
  if (!/^\w+(?:\.\w+)*$/.test(name)) return [];
  const parts = name.split(".");
  const whole = parts.join("/");
  const outer = parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join("/"));
  return [
    ...outer.flatMap((each) => [named(each), named(each, ".*"), named(`${each}/__init__`, ".*")]),
    ...[named(whole), named(whole, ".*"), named(whole, "/**")],
  ];
}

function inTree(file: NamedFile): NamedFile[] {
  const own = path.posix.normalize(file.path).replace(/\/+$/, "");
  const isOutside = own === "" || /^(?:\/|\.\.?(?:\/|$))|[\n\0]/.test(own);
  return isOutside ? [] : [{ ...file, path: own }];
}

export function filesNamed(argv: readonly string[]): NamedFile[] {
  const words = wordsOf(argv);
  const folders = words.filter((_, at) => FOLDER_FOLLOWS.has(words[at - 1] ?? ""));
  const files = words.flatMap((word, at) => {
    const [, joined] = MODULE_FOLLOWS.exec(word) ?? [];
    return [
      named(word),
      ...(joined === undefined ? [] : moduleFiles(joined || (words[at + 1] ?? ""))),
      ...(/^g?make$/.test(path.posix.basename(word)) ? MAKEFILES.map((name) => named(name)) : []),
    ];
  });
  const all = [
    ...files,
    ...folders.flatMap((folder) => files.map((file) => ({ ...file, path: `${folder}/${file.path}` }))),
  ].flatMap(inTree);
  return [...new Map(all.map((file) => [`${file.path}${file.and}`, file])).values()];
}

/** Of some paths of the tree, those that the command names. */
export function pathsNamed(paths: readonly string[], argv: readonly string[]): string[] {
  const files = filesNamed(argv);
  const of = (and: NamedFile["and"]) =>
    new Set(files.filter((file) => file.and === and).map((one) => one.path));
  const [itself, below, endings] = [of(""), of("/**"), of(".*")];
  return paths.filter((one) => {
    const folders = [...one.matchAll(/\//g)].map(({ index }) => one.slice(0, index));
    const dots = [...one.matchAll(/\.(?=[^/]*$)/g)].map(({ index }) => one.slice(0, index));
    return (
      itself.has(one) || folders.some((folder) => below.has(folder)) || dots.some((stem) => endings.has(stem))
    );
  });
}
