// Lines for a shell among the words of programs that are not known for running others. A closed list, as that of the others.

/** What a program is made to run by its own words. */
export interface Given {
  /** Each read as a line of its own. */
  readonly lines: readonly string[];
  /** Not lines that could be read: words that stand in them are looked through. */
  readonly code: readonly string[];
}

const NONE: Given = { lines: [], code: [] };
const PACKAGES = new Set(["npm", "pnpm", "yarn", "bun"]);
/** git reads names of sections in any case. */
const ALIAS = /^alias\.[^=\s]+$/i;

/** What is behind an option, in the next word or in the same one. */
const behind = (words: readonly string[], ...options: readonly string[]): string[] =>
  words.flatMap((word, at) => {
    if (options.includes(word)) return words[at + 1] ?? [];
    const long = options.find((option) => option.startsWith("--") && word.startsWith(`${option}=`));
    return long === undefined ? [] : word.slice(long.length + 1);
  });

/** An alias stands for words of git's, or for a line where it begins with `!`. */
const ofAlias = (value: string): string => (value.startsWith("!") ? value.slice(1) : `git ${value}`);

function ofGit(words: readonly string[]): Given {
  const set = words.flatMap((word, at): readonly (readonly [string, string])[] => {
    const [name = "", ...value] = word.split("=");
    if (ALIAS.test(name) && value.length > 0) return [[name, value.join("=")]];
    return ALIAS.test(word) ? [[word, words[at + 1] ?? ""]] : [];
  });
  return { lines: set.flatMap(([, value]) => (value === "" ? [] : ofAlias(value))), code: [] };
}

/** `e` alone runs what follows it; behind the last mark of `s`, what came of it. */
const RUNS = /(?:^|[;{}\n\d$/!])[ \t]*e(?:\s|$)|[^\w\s][gpimMI\d]*e[gpimMI\d]*(?:$|[;}\s])/;

export function linesIn(program: string, words: readonly string[]): Given {
  if (program === "git") return ofGit(words);
  if (PACKAGES.has(program)) return { lines: behind(words, "-c", "--call"), code: [] };
  if (program === "sed" || program === "gsed")
    return { lines: [], code: words.filter((word) => RUNS.test(word)) };
  return NONE;
}
