// The commands in a command: of programs that run what is named behind them, and of shells with a script. A closed list of
// what people use: it guards against what an agent does without thinking, and the sandbox against the rest.
import { linesIn } from "./lines-in-words.ts";
import { commandsOf } from "./shell-line.ts";

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash"]);

/** Those that run another program with words of their own, from any of which on its command may begin. */
const WRAPPERS = new Set([
  ...["env", "xargs", "find", "nice", "ionice", "timeout", "nohup", "setsid", "stdbuf", "time", "chrt"],
  ...["taskset", "busybox", "toybox", "command", "exec", "builtin", "sudo", "doas", "unshare", "chroot"],
  ...["strace", "ltrace", "gdb", "npx", "pnpx", "eval", "watch", "parallel", "ssh", "su", "runuser"],
  ...["script", "flock", "setpriv", "systemd-run", "firejail", "bwrap", "catchsegv", "faketime"],
  ...["trap", "tmux", "screen", "hyperfine", "prlimit", "nsenter", "unbuffer", "xvfb-run", "entr", "bunx"],
]);

/** Of these, a word with blanks in it is a line for a shell. */
const WITH_LINES = new Set([
  ...["eval", "watch", "ssh", "su", "runuser", "script", "flock", "npx", "trap", "tmux", "screen"],
  "hyperfine",
]);

/** What these run is put together elsewhere: from what they read, or by a name that means something else from then on. */
const UNREADABLE = new Set(["parallel", "alias", "at", "batch"]);

/** Programs to which a script may be given as one word. */
const INTERPRETERS =
  /^(?:python[0-9.]*|pypy[0-9.]*|node|deno|bun|perl|ruby|php|lua[0-9.]*|[gmn]?awk|tclsh|make|osascript)$/;

/** Of these, those that run what is piped into them where no file is named; `make` alone and the like are not among them. */
const PIPED = /^(?:python[0-9.]*|pypy[0-9.]*|node|perl|ruby|php|lua[0-9.]*|tclsh)$/;

/** What is piped in, by the names that it has as a file. */
const isInput = (word: string): boolean => /^\/(?:dev\/(?:stdin|fd\/)|proc\/)/.test(word);

const MAX_DEPTH = 4;
const MOST_SHELLS = 10;
const MOST_PLACES = 60;

export const programOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** Shells that are there before anything is checked out; another by such a name is a program like any. */
const SYSTEM_SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:sh|bash|dash)$/;

/** Every command that an argument vector runs, itself among them; null where one cannot be read. */
export function commandsIn(argv: readonly string[], depth = 0): string[][] | null {
  const [name = "", ...rest] = argv;
  if (argv.length === 0 || depth > MAX_DEPTH) return null;
  const program = programOf(name);
  if (isUnreadable(program, rest)) return null;
  if (SHELLS.has(program)) {
    const inner = ofShell(rest, depth);
    if (inner === null) return null;
    // What the system's shell does with one script and nothing else is that script; of another nobody knows.
    const isPlain = inner.length > 0 && rest.length === 2 && /^-l?c$/.test(rest[0] ?? "");
    return isPlain && SYSTEM_SHELL.test(name) ? inner : [[...argv], ...inner];
  }
  const inner = WRAPPERS.has(program) ? ofWrapper(program, rest, depth) : ofOthers(rest, depth);
  const given = ofLines(linesIn(program, rest).lines, depth);
  return inner && given && [[...argv], ...inner, ...given];
}

/** Where what is run stands in what comes in, or in the names of files. */
function isUnreadable(program: string, words: readonly string[]): boolean {
  if (UNREADABLE.has(program)) return true;
  if (PIPED.test(program)) return words.length === 0 || words.some((word) => word === "-" || isInput(word));
  if (program === "." || program === "source") return words.some(isInput);
  if (program === "find")
    return words.some((word, at) => /^-(?:exec|ok)(?:dir)?$/.test(word) && words[at + 1]?.includes("{}"));
  if (program !== "xargs") return false;
  return words.some((word) => /^-(?:[0prtx]*[Ii]|-replace)/.test(word) || WRAPPERS.has(programOf(word)));
}

/** Shells with options among the words of a program that is none of those we know to run others. */
function ofOthers(words: readonly string[], depth: number): string[][] | null {
  const shells = words.flatMap((word, at) =>
    SHELLS.has(programOf(word)) && /^[-+]/.test(words[at + 1] ?? "") ? [at] : [],
  );
  const [at] = shells;
  if (at === undefined) return [];
  return shells.length === 1 ? commandsIn(words.slice(at), depth + 1) : null;
}

/** Nothing of a shell that runs a file: that is a program like any. Null where what it runs is not plain. */
function ofShell(words: readonly string[], depth: number): string[][] | null {
  let at = 0;
  let isScript = false;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!/^[-+]./.test(word)) break;
    if (/^-[A-Za-z]*c/.test(word)) isScript = true;
    // It reads what is piped into it, whatever else is named.
    if (/^-[A-Za-z]*s/.test(word)) return null;
    if (word === "--") {
      at += 1;
      break;
    }
    // Each of them takes one word behind, also in the midst of others: `-oc pipefail SCRIPT`.
    if (/^[-+][A-Za-z]/.test(word)) at += word.replaceAll(/[^oO]/g, "").length;
    if (/^--(?:rcfile|init-file)$/.test(word)) at += 1;
  }
  const script = words[at];
  // Without either it reads what is piped into it.
  if (script === undefined || script === "-" || isInput(script)) return null;
  if (!isScript) return [];
  const inner = commandsOf(script);
  return inner && allOf(inner, depth + 1);
}

function ofWrapper(program: string, words: readonly string[], depth: number): string[][] | null {
  const lines = words.flatMap((word, at) => {
    const split = program === "env" ? splitString(word, words[at + 1]) : null;
    if (split !== null) return [split];
    return WITH_LINES.has(program) && /\s/.test(word) ? [word] : [];
  });
  const all = ofLines(lines, depth);
  if (all === null) return null;
  // `eval` runs all of its words as one line.
  if (program === "eval" && lines.length === 0) {
    const inner = commandsOf(words.join(" "));
    const deeper = inner && allOf(inner, depth + 1);
    return deeper;
  }
  const runs = (word: string): boolean => SHELLS.has(programOf(word)) || programOf(word) === "eval";
  if (words.filter(runs).length > MOST_SHELLS) return null;
  for (const [at, word] of words.entries()) {
    if (!runs(word)) continue;
    const end = words.findIndex((other, index) => index > at && program === "find" && /^[;+]$/.test(other));
    const own = words.slice(at, end === -1 ? undefined : end);
    const inner = commandsIn(own, depth + 1);
    if (inner === null) return null;
    all.push(...inner);
  }
  return all;
}

function ofLines(lines: readonly string[], depth: number): string[][] | null {
  const all: string[][] = [];
  for (const line of lines) {
    const inner = commandsOf(line);
    const deeper = inner && allOf(inner, depth + 1);
    if (deeper === null) return null;
    all.push(...deeper);
  }
  return all;
}

/** The line that `env -S` splits into words: behind the option, or in the same word. */
function splitString(word: string, next: string | undefined): string | null {
  if (/^-[A-Za-z]*S$|^--split-string$/.test(word)) return next ?? "";
  return /^(?:-[A-Za-z]*S|--split-string=)(.*)$/s.exec(word)?.[1] ?? null;
}

function allOf(commands: readonly string[][], depth: number): string[][] | null {
  const all: string[][] = [];
  for (const argv of commands) {
    const inner = commandsIn(argv, depth);
    if (inner === null) return null;
    all.push(...inner);
  }
  return all;
}

/** The words in the code that an interpreter is given as one word, also behind a program that runs it; none of any other. */
export function wordsInCode(argv: readonly string[]): string[] {
  const [name = "", ...words] = argv;
  const { code } = linesIn(programOf(name), words);
  if (code.length > 0)
    return code.flatMap((text) => text.split(/[^\w.@:+=-]+/).filter((word) => word !== ""));
  const runsOthers = WRAPPERS.has(programOf(argv[0] ?? ""));
  const at = argv.findIndex((word) => INTERPRETERS.test(programOf(word)));
  if (at === -1 || (at > 0 && !runsOthers)) return [];
  return argv
    .slice(at + 1)
    .filter((word) => /[\s()'"`;]/.test(word))
    .flatMap((word) => wordsOfText(word));
}

/** Programs whose command may end in words that they read. */
const readsWords = ([name = ""]: readonly string[]): boolean => programOf(name) === "xargs";

const runsAnother = ([name = ""]: readonly string[]): boolean => WRAPPERS.has(programOf(name));

/** Where a text cannot be read, what in it could be words of a command. */
export const wordsOfText = (text: string): string[] =>
  text.split(/[^\w./@:+=-]+/).filter((word) => word !== "");

/**
 * Also behind other words, such as those of `env`, and by whatever path the program is named; with or without a `*`, anything
 * may follow. Options of the program, with a value each, may stand between its words: `git -C sub push` is `git push`.
 */
export function holds(argv: readonly string[], pattern: readonly string[]): boolean {
  const [program = "", ...words] = pattern.at(-1) === "*" ? pattern.slice(0, -1) : pattern;
  return argv.some((name, at) => isProgram(argv, at, name, program) && follow(argv, at + 1, words));
}

function isProgram(argv: readonly string[], at: number, name: string, program: string): boolean {
  if (name === program || programOf(name) === programOf(program)) return true;
  const mayBe = at === 0 || (runsAnother(argv) && !/^[*?]+$/.test(programOf(name)));
  return mayBe && matches(programOf(name), programOf(program));
}

/** In one pass for each word, however many options there are: whoever wrote the line is not to be waited for. */
function follow(argv: readonly string[], from: number, words: readonly string[]): boolean {
  let places = new Set([from]);
  for (const word of words) {
    const next = new Set<number>();
    // Every place is looked at once, the ones behind options too.
    for (const at of places) {
      // Nobody writes so many options; whoever does hides something behind them.
      if (places.size > MOST_PLACES) return true;
      // What comes next is read from elsewhere.
      if (at >= argv.length) {
        if (readsWords(argv)) return true;
        continue;
      }
      const given = argv[at] ?? "";
      if (given === word || matches(given, word)) next.add(at + 1);
      if (!given.startsWith("-")) continue;
      places.add(at + 1);
      if (at + 1 < argv.length) places.add(at + 2);
    }
    places = next;
  }
  return places.size > 0;
}

/** Of a word with `*` or `?`: whether a file could be there that makes it the other one. */
function matches(given: string, word: string): boolean {
  if (!/[*?]/.test(given)) return false;
  let places = new Set([0]);
  for (const each of given) {
    const next = new Set<number>();
    for (const at of places) {
      if (each === "*") for (let to = at; to <= word.length; to++) next.add(to);
      else if (at < word.length && (each === "?" || each === word.charAt(at))) next.add(at + 1);
    }
    places = next;
    if (places.size === 0) return false;
  }
  return places.has(word.length);
}
