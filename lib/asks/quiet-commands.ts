// Commands that only read, and what of their options is known to only read. A closed list: a command or an option that
// is not here is asked about. Long options are matched whole, since several programs take abbreviations of them.

/** Programs of which no option writes, runs or sends anything: GNU coreutils, grep. */
const READERS = new Set([
  ...["ls", "cat", "head", "tail", "wc", "pwd", "stat", "du", "echo", "true", "nl", "cut"],
  ...["basename", "dirname", "realpath", "readlink", "grep", "egrep", "fgrep"],
]);

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

interface Options {
  /** Long ones, without a value behind `=`. */
  readonly long: ReadonlySet<string>;
  /** Short ones that stand alone or together. */
  readonly flags: string;
  /** Short ones whose value follows, in the same word or the next. */
  readonly valued: string;
}

const RIPGREP: Options = {
  long: set(`--after-context --before-context --context --case-sensitive --count --count-matches --files
    --files-with-matches --files-without-match --fixed-strings --glob --heading --hidden --iglob --ignore-case
    --invert-match --json --line-number --line-regexp --max-columns --max-count --max-depth --multiline --no-filename
    --no-heading --no-ignore --no-line-number --no-messages --null --only-matching --pcre2 --quiet --regexp --smart-case
    --sort --stats --text --trim --type --type-list --type-not --vimgrep --with-filename --word-regexp --color --column`),
  flags: "FHILNSUachilnopqsuvwx0P.",
  valued: "ABCEefgjmtTMd",
};

const SORT: Options = {
  long: set("--numeric-sort --reverse --unique"),
  flags: "bcdfghinruVsz",
  valued: "kt",
};

const GIT_SHOWS: Options = {
  long: set(`--abbrev-commit --after --all --author --before --branch --cached --check --color --date --decorate
    --diff-filter --exit-code --find-renames --first-parent --follow --format --graph --grep --ignored --max-count
    --merges --name-only --name-status --no-color --no-decorate --no-ext-diff --no-merges --no-patch --no-renames
    --no-textconv --numstat --oneline --patch --porcelain --pretty --quiet --raw --reverse --short --shortstat --since
    --staged --stat --summary --unified --until --untracked-files --word-diff`),
  flags: "bpsuwz0123456789",
  valued: "nUSGLM",
};

const GIT: Readonly<Record<string, Options>> = {
  status: GIT_SHOWS,
  diff: GIT_SHOWS,
  log: GIT_SHOWS,
  show: GIT_SHOWS,
  blame: { long: set("--porcelain --line-porcelain --date"), flags: "swlet", valued: "L" },
  "ls-files": {
    long: set("--cached --others --modified --deleted --stage --exclude-standard --full-name"),
    flags: "comdstz",
    valued: "x",
  },
  "rev-parse": {
    long: set("--abbrev-ref --short --show-toplevel --verify --is-inside-work-tree --show-prefix --git-dir"),
    flags: "q",
    valued: "",
  },
};

const FIND =
  set(`-H -L -P -name -iname -path -ipath -wholename -regex -iregex -type -xtype -maxdepth -mindepth -size
  -mtime -mmin -atime -ctime -newer -empty -perm -user -group -links -print -print0 -printf -ls -prune -quit -depth -xdev
  -mount -true -false -o -a -or -and -not -follow`);

/** One range of lines or of what matches, printed. */
const SED_PRINTS = /^(?:(?:[0-9]{1,9}|\$)(?:,(?:[0-9]{1,9}|\$))?|\/[^/\\]{1,200}\/(?:,\/[^/\\]{1,200}\/)?)p$/;

/** Why a simple command needs no decision, in a word or two; null where it is not known to only read. */
export function readingOf(argv: readonly string[]): string | null {
  const [given = "", ...words] = argv;
  const name = given.replace(/^\/(?:usr\/)?bin\//, "");
  if (READERS.has(name)) return name;
  switch (name) {
    case "cd":
      return words.length === 1 && !words[0]?.startsWith("-") ? "cd" : null;
    case "rg":
      return allKnown(words, RIPGREP) ? "rg" : null;
    case "sort":
      return allKnown(words, SORT) ? "sort" : null;
    case "find":
      return words.every((word) => !word.startsWith("-") || FIND.has(word)) ? "find" : null;
    case "sed":
      return isPrinting(words) ? "sed -n" : null;
    case "git":
      return gitReading(words);
    default:
      return null;
  }
}

function isPrinting([option, script = "", ...files]: readonly string[]): boolean {
  return option === "-n" && SED_PRINTS.test(script) && files.every((file) => !file.startsWith("-"));
}

/** Options before the subcommand change what git is: aliases, its folders, its pager. Only one of them is harmless. */
function gitReading(words: readonly string[]): string | null {
  const [subcommand = "", ...rest] = words[0] === "--no-pager" ? words.slice(1) : words;
  if (subcommand === "branch") {
    const listing = ["--show-current", "--list", "-a", "-r", "-v", "-vv"];
    return rest.every((word) => listing.includes(word)) ? "git branch" : null;
  }
  const options = Object.hasOwn(GIT, subcommand) ? GIT[subcommand] : undefined;
  // %G…, also as %+G…, makes git start the program that checks signatures.
  const isPlain = !rest.some((word) => /%[-+ ]?G/.test(word));
  return options && isPlain && allKnown(rest, options) ? `git ${subcommand}` : null;
}

/**
 * Whether every word that could be an option is a known one. A value that looks like an option has to be known as one
 * too: which of the two it is never matters. So has what stands behind `--`, for that may be the value of an option itself.
 */
const allKnown = (words: readonly string[], options: Options): boolean =>
  words.every((word) => word === "--" || isKnown(word, options));

function isKnown(word: string, { long, flags, valued }: Options): boolean {
  if (!word.startsWith("-") || word === "-") return true;
  if (word.startsWith("--")) return long.has(word.split("=", 1)[0] ?? "");
  const letters = [...word.slice(1)];
  const value = letters.findIndex((letter) => valued.includes(letter));
  return (value === -1 ? letters : letters.slice(0, value)).every((letter) => flags.includes(letter));
}
