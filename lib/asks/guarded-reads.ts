// Which commands count as reading files that a charter guards. A closed list of what cannot: everything else that may open a
// file of its own choice counts, for what a line names is not all that its program reads.
import { anyGlobMatches } from "../text/path-globs.ts";
import { readingOf } from "./quiet-commands.ts";
import { wordsOfText } from "./wrapped-commands.ts";

/** Where a checkout lies for the agent that works in it. */
export const CHECKOUT = "/work/tree";

/** Programs that open no file but those they are given by name. */
const NARROW = new Set([
  ...["cat", "head", "tail", "wc", "nl", "cut", "sed", "sort", "stat", "ls", "pwd", "echo", "true", "false"],
  ...["basename", "dirname", "realpath", "readlink", "mkdir", "rmdir", "touch", "rm"],
]);

/** Of these, only what is never asked about anyway. */
const BY_OPTION = new Set(["sed", "sort"]);

/** What tells of names and states, and of no content. */
const GIT_NAMES = new Set(["ls-files", "rev-parse", "branch"]);
const GIT_STATUS = new Set(["--short", "--porcelain", "--branch", "-s", "-b", "-sb"]);

/** Those that neither read a folder nor take names from a file. */
const GREP_OPTION =
  /^(?:-[nivcoHhlLwxEFGPsqabABCme0-9]+|--(?:count|ignore-case|line-number|only-matching|word-regexp|quiet))$/;

const LONGEST_OPTION = 200;

export interface Trust {
  /** The project's tests, whatever they name. */
  isTests(argv: readonly string[]): boolean;
  /** People put it on a list: it counts only for a guarded file that it names. */
  isListed(argv: readonly string[]): boolean;
}

/** Whether one of the commands may read a file that is guarded. */
export function readsGuarded(
  guarded: readonly string[],
  commands: readonly (readonly string[])[],
  { isTests, isListed }: Trust,
): boolean {
  // Elsewhere the same names are other files, and the same words run something else.
  if (commands.some((argv) => argv[0] === "cd" && !isNarrow(argv))) return true;
  const mayChoose = (argv: readonly string[]) => !isNarrow(argv) && !isListed(argv);
  return commands.some(
    (argv) => !isTests(argv) && (mayChoose(argv) || argv.some((word) => isNamed(guarded, word))),
  );
}

function isNarrow([given = "", ...words]: readonly string[]): boolean {
  const name = given.replace(/^\/(?:usr\/)?bin\//, "");
  switch (name) {
    case "cd":
      return words.length === 1 && (words[0] === "." || words[0] === CHECKOUT);
    case "grep":
    case "egrep":
    case "fgrep":
      return words.every((word) => !word.startsWith("-") || word === "--" || GREP_OPTION.test(word));
    case "git":
      return isNaming(words);
    default:
      return NARROW.has(name) && (!BY_OPTION.has(name) || readingOf([name, ...words]) !== null);
  }
}

function isNaming(words: readonly string[]): boolean {
  const [subcommand = "", ...rest] = words;
  if (subcommand === "status") return rest.every((word) => GIT_STATUS.has(word));
  return GIT_NAMES.has(subcommand) && readingOf(["git", ...words]) !== null;
}

/** Whether a word may stand for a guarded file: by itself, as the value of an option, or as what a shell makes of it. */
const isNamed = (guarded: readonly string[], word: string): boolean =>
  (word.startsWith("-") && word.length > LONGEST_OPTION) ||
  readingsOf(word).some((one) => /[*?]/.test(one) || isGuarded(guarded, one));

/** A value may stand in the same word as its option, and a path behind the name of a commit. */
function readingsOf(word: string): string[] {
  const tails = word.startsWith("-") ? Array.from(word, (_, at) => word.slice(at)) : [word];
  const behind = [word.indexOf("="), word.indexOf(":"), word.lastIndexOf(":")];
  return [...tails, ...behind.filter((at) => at >= 0).map((at) => word.slice(at + 1))];
}

/** A path that cannot be followed from the checkout is guarded too; so is what git keeps, where every file lies once more. */
function isGuarded(guarded: readonly string[], path: string): boolean {
  const parts = normalised(path.startsWith(`${CHECKOUT}/`) ? path.slice(CHECKOUT.length + 1) : path);
  if (parts === null || parts.includes(".git") || (path.startsWith("/") && parts[0] === "proc")) return true;
  if (parts.length === 0) return false;
  // From the root of the machine, any tail of it may be a path of the checkout.
  const starts = path.startsWith("/") ? parts.length : 1;
  return Array.from({ length: starts }, (_, at) => parts.slice(at).join("/")).some(
    (tail) => anyGlobMatches(guarded, tail) || anyGlobMatches(guarded, `${tail}/x`),
  );
}

/** The parts of a path; null where it leads out above its start. */
function normalised(path: string): string[] | null {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts;
}

/** Whether a change names one: it could move it to where it is not guarded. Lines of files begin with a sign. */
export const changesGuarded = (guarded: readonly string[], text: string): boolean =>
  text
    .split("\n")
    .filter((line) => /^(?:\+\+\+|---|\*\*\*) |^[^-+ @\\]/.test(line))
    .flatMap((line) => [...line.split(/^\S+ | → |: /), ...line.split(/\s+/), ...wordsOfText(line)])
    .some((name) => isGuardedName(guarded, name));

/** Words of a heading are no patterns: `***` is none. */
const isGuardedName = (guarded: readonly string[], name: string): boolean =>
  name !== "" && name !== ".." && isGuarded(guarded, name);
