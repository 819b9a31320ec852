// Colours of code, line by line: enough to tell names, words, strings and comments apart in what is commonly written.
// One pass without backtracking, so that no line can make it slow. What it takes for a comment stays as readable as code.

export const PLAIN = 0;
export const KEYWORD = 1;
export const STRING = 2;
export const CALL = 3;
export const COMMENT = 4;
export const NUMBER = 5;
export const TOKEN_CLASSES = ["", "k", "s", "f", "c", "s"] as const;

/** What a line begins in: nothing, or a comment or string that an earlier line left open. */
export type State = 0 | 1 | 2 | 3;
const [OPEN, IN_COMMENT, IN_TEMPLATE, IN_TRIPLE] = [0, 1, 2, 3] as const;

interface Language {
  readonly words: ReadonlySet<string>;
  readonly line: string | null;
  readonly block: readonly [string, string] | null;
  readonly quotes: string;
  /** Back quotes, or three double quotes, go on over lines. */
  readonly template: boolean;
  readonly triple: boolean;
}

const C_WORDS =
  "abstract any as async await boolean break case catch chan char class const continue crate def default defer delete do double dyn else enum export extends extern false final finally float fn for from func function go if impl implements import in instanceof int interface internal is let long loop match mod module mut namespace new nil none null of out override package private protected pub public range readonly record return satisfies select self short static string struct super switch this throw throws trait true try type typedef typeof undefined union unsafe use using val var virtual void volatile when where while yield";
const SCRIPT_WORDS =
  "and as assert async await begin break case class continue def del do done elif else elsif end ensure esac except exit export false False fi finally for from function global if import in is lambda local match module nil None nonlocal not or pass raise require rescue return self set then true True try unless until when while with yield";
const SQL_WORDS =
  "add all alter and as asc begin between by case check column commit constraint create cross default delete desc distinct drop else end exists foreign from function grant group having if in index inner insert into is join key left like limit not null offset on or order outer policy primary references replace returning revoke right rollback role row select set table then trigger true false union unique update using values view when where with";

const words = (list: string) => new Set(list.split(" "));
const C: Language = {
  ...{ words: words(C_WORDS), line: "//", block: ["/*", "*/"], quotes: "\"'" },
  ...{ template: true, triple: false },
};
const SCRIPT: Language = {
  ...{ words: words(SCRIPT_WORDS), line: "#", block: null, quotes: "\"'" },
  ...{ template: false, triple: true },
};
const SQL: Language = {
  ...{
    words: words(`${SQL_WORDS} ${SQL_WORDS.toUpperCase()}`),
    line: "--",
    block: ["/*", "*/"],
    quotes: "\"'",
  },
  ...{ template: false, triple: false },
};
const MARKUP: Language = {
  ...{ words: new Set<string>(), line: null, block: ["<!--", "-->"], quotes: '"' },
  ...{ template: false, triple: false },
};

const ENDINGS: readonly (readonly [Language, string])[] = [
  [
    C,
    "js jsx mjs cjs ts tsx mts cts java kt kts c h cc cpp hpp cs go rs swift scala php dart css scss less json jsonc json5 proto graphql gradle groovy zig prisma vue svelte",
  ],
  [
    SCRIPT,
    "py pyi rb sh bash zsh fish yml yaml toml ini cfg conf tf pl r mk cmake ex exs jl nix dockerfile makefile gemfile rakefile",
  ],
  [SQL, "sql ddl lua hs elm"],
  [MARKUP, "html htm xml svg xhtml"],
];
const BY_ENDING = new Map(
  ENDINGS.flatMap(([language, list]) => list.split(" ").map((end) => [end, language])),
);

/** Null: nothing of it is coloured. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return BY_ENDING.get(name.slice(name.lastIndexOf(".") + 1)) ?? null;
}

const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const DIGITS = /\d[\d_.a-fA-FxXoObBnN]*/y;

/** End of a string that begins after `at`, or the end of the line. */
function endOfString(text: string, quote: string, at: number): number {
  for (let to = at; to < text.length; to++) {
    if (text[to] === "\\") to++;
    else if (text.startsWith(quote, to)) return to + quote.length;
  }
  return text.length + 1;
}

type Paint = (from: number, to: number, kind: number) => void;

function goOn(text: string, language: Language, state: State, paint: Paint): readonly [number, State] {
  if (state === OPEN) return [0, OPEN];
  if (state === IN_COMMENT) {
    const mark = language.block?.[1] ?? "*/";
    const end = text.indexOf(mark);
    paint(0, end === -1 ? text.length : end + mark.length, COMMENT);
    return end === -1 ? [text.length, state] : [end + mark.length, OPEN];
  }
  const end = endOfString(text, state === IN_TEMPLATE ? "`" : '"""', 0);
  paint(0, Math.min(end, text.length), STRING);
  return end > text.length ? [text.length, state] : [end, OPEN];
}

/** Says what is where in a line, and in what the next one begins. */
export function paintLine(text: string, language: Language, state: State, paint: Paint): State {
  const [start, left] = goOn(text, language, state, paint);
  if (left !== OPEN) return left;
  const open = language.block?.[0];
  for (let at = start; at < text.length; ) {
    const character = text[at] ?? "";
    if (language.line !== null && text.startsWith(language.line, at)) {
      paint(at, text.length, COMMENT);
      return OPEN;
    }
    if (open !== undefined && text.startsWith(open, at)) {
      const close = language.block?.[1] ?? "";
      const end = text.indexOf(close, at + open.length);
      paint(at, end === -1 ? text.length : end + close.length, COMMENT);
      if (end === -1) return IN_COMMENT;
      at = end + close.length;
      continue;
    }
    const isTriple = language.triple && text.startsWith('"""', at);
    if (isTriple || language.quotes.includes(character) || (language.template && character === "`")) {
      const quote = isTriple ? '"""' : character;
      const end = endOfString(text, quote, at + quote.length);
      paint(at, Math.min(end, text.length), STRING);
      if (end > text.length) return isTriple ? IN_TRIPLE : quote === "`" ? IN_TEMPLATE : OPEN;
      at = end;
      continue;
    }
    at = paintWord(text, at, language, paint);
  }
  return OPEN;
}

function paintWord(text: string, at: number, { words: known }: Language, paint: Paint): number {
  NAME.lastIndex = at;
  const [name] = NAME.exec(text) ?? [];
  if (name !== undefined) {
    const end = at + name.length;
    if (known.has(name)) paint(at, end, KEYWORD);
    else if (text[end] === "(") paint(at, end, CALL);
    return end;
  }
  DIGITS.lastIndex = at;
  const [digits] = DIGITS.exec(text) ?? [];
  if (digits === undefined) return at + 1;
  paint(at, at + digits.length, NUMBER);
  return at + digits.length;
}
