// Other ways to read a text in which a secret is none to a pattern: one beside an escape of JSON or of source code, one that
// stands on several lines, and one in base64. Each is a text of its own, whose places lead back to where they came from.
import { BORDER } from "./rules.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Reading {
  readonly text: string;
  /** Where a place of this text stands in the original. */
  original(place: Range): Range;
}

interface Part {
  readonly text: string;
  /** Of an offset in the part: where its character begins in the original, and where the one before it ends. */
  begins(offset: number): number;
  ends(offset: number): number;
}

const WORD = /[A-Za-z0-9_+/.~-]/;
/** A backslash may stand before it. */
const BREAK = "[ \\t]{0,100}\\\\?\\r?\\n[ \\t]{0,100}";
const ENCODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NOT_BASE64 = 64;
/** Of a UTF-16 unit. */
const BITS = new Uint8Array(65_536).fill(NOT_BASE64);
for (const [bits, one] of [...ENCODES].entries()) BITS[one.charCodeAt(0)] = bits;
for (const [one, same] of ["-+", "_/"]) BITS[one?.charCodeAt(0) ?? 0] = ENCODES.indexOf(same ?? "");
const SHORTEST_RUN = 24;
const NEXT_LINE = new RegExp(`(?:${BREAK}[A-Za-z0-9+/_-]{2,})*`, "y");
const BREAKS = new RegExp(BREAK, "g");
/** The same in a diff, whose lines begin with a mark; it could be a character of the secret as well. */
const MARKED_BREAKS = /[ \t]{0,100}\\?\r?\n[+-]?[ \t]{0,100}/g;
const HAS_MARKS = /\n[+-]/;
/** Fewer are by chance, and no secret; some bytes beside them belong to none of the groups of three. */
const READABLE = /[\x20-\x7e\t\r\n]{19,}/g;

/** What stands on the line beside it may say what it is: `aws_secret_access_key = `, `@db.internal`. */
const BESIDE = 100;
/** Shorter is no secret of any kind that is looked for. */
const SHORTEST = 16;
/** Longer than any of them. */
const LONGEST_WORD = 4096;
/** Lines of one word each that are read as one; of more, each is read with the next alone. */
const MOST_LINES = 20;

/** A text without its breaks of lines. */
function withoutBreaks(text: string, at: number, breaks = BREAKS): Part {
  const kept: { readonly from: number; readonly at: number }[] = [];
  let bare = "";
  let from = 0;
  const keep = (to: number) => {
    kept.push({ from: bare.length, at: at + from });
    bare += text.slice(from, to);
  };
  for (const { index, 0: gap } of text.matchAll(breaks)) {
    keep(index);
    from = index + gap.length;
  }
  keep(text.length);
  const begins = (offset: number) => {
    let low = 0;
    let high = kept.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((kept[middle]?.from ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const { from: first = 0, at: origin = at } = kept[low] ?? {};
    return origin + offset - first;
  };
  return { text: bare, begins, ends: (offset) => begins(offset - 1) + 1 };
}

/** In a diff and elsewhere. */
const bothWays = (text: string, at: number): Part[] => [
  withoutBreaks(text, at),
  ...(HAS_MARKS.test(text) ? [withoutBreaks(text, at, MARKED_BREAKS)] : []),
];

/** From one word to another one, with what stands before the first and after the last on their lines. */
function joinedWords(text: string, from: Range, to: Range): Part[] {
  const words = text.slice(from.start, to.end);
  if (words.length <= SHORTEST) return [];
  const before = text.slice(Math.max(0, from.start - BESIDE), from.start).replace(/^.*\n[+-]?/s, "");
  const after = text.slice(to.end, to.end + BESIDE).replace(/\r?\n.*$/s, "");
  return bothWays(before + words + after, from.start - before.length);
}

/** Where the word ends that goes on after a break, and where its other part begins; null where there is none. */
function aroundBreak(text: string, at: number): Range | null {
  let start = at;
  if (text[start - 1] === "\r") start--;
  if (text[start - 1] === "\\") start--;
  while (text[start - 1] === " " || text[start - 1] === "\t") start--;
  if (!WORD.test(text[start - 1] ?? "")) return null;
  let end = at + 1;
  while (text[end] === " " || text[end] === "\t") end++;
  return WORD.test(text[end] ?? "") ? { start, end } : null;
}

function wordBefore(text: string, end: number): Range {
  let start = end;
  while (end - start < LONGEST_WORD && WORD.test(text[start - 1] ?? "")) start--;
  return { start, end };
}

function wordAfter(text: string, start: number): Range {
  let end = start;
  while (end - start < LONGEST_WORD && WORD.test(text[end] ?? "")) end++;
  return { start, end };
}

/** The last word of a line and the first one of the next; lines between them have one word alone. */
function* runsOfWords(text: string): Generator<Range[]> {
  let words: Range[] = [];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    const gap = aroundBreak(text, at);
    if (gap === null) continue;
    const last = words.at(-1);
    if (last?.end !== gap.start) {
      if (words.length > 0) yield words;
      words = [wordBefore(text, gap.start)];
    }
    words.push(wordAfter(text, gap.end));
  }
  if (words.length > 0) yield words;
}

/** Each word with the next, and several with and without the first and the last: these may have nothing to do with it. */
function overLines(text: string): Part[] {
  const parts: Part[] = [];
  for (const words of runsOfWords(text)) {
    const join = (first: number, last: number): void => {
      const [from, to] = [words[first], words[last]];
      if (from && to) parts.push(...joinedWords(text, from, to));
    };
    const last = words.length - 1;
    for (let at = 0; at < last; at++) join(at, at + 1);
    if (words.length > MOST_LINES) continue;
    for (const first of [0, 1]) for (const end of [last, last - 1]) if (end - first > 1) join(first, end);
  }
  return parts;
}

/** What it says in each of the four ways it may begin; of bytes that nobody can read there is nothing. */
function decoded(text: string): Part[] {
  const runs = encodedRuns(text).flatMap(({ start, end }) => bothWays(text.slice(start, end), start));
  return runs.flatMap((run) => [0, 1, 2, 3].flatMap((shift) => decodedFrom(run, shift)));
}

/** Character by character: a pattern takes as long as all of secretlint's. */
function encodedRuns(text: string): Range[] {
  const runs: Range[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && BITS[text.charCodeAt(at)] !== NOT_BASE64) continue;
    if (at - start >= SHORTEST_RUN) {
      NEXT_LINE.lastIndex = at;
      const end = at + (NEXT_LINE.exec(text)?.[0].length ?? 0);
      runs.push({ start, end });
      at = end;
    }
    start = at + 1;
  }
  return runs;
}

/** Fifteen bytes in a row whose highest bit is 0: of a name or a hash few have them, and nothing more is done. */
function hasAscii(text: string, shift: number): boolean {
  for (let at = shift, row = 0; at + 3 < text.length; at += 4) {
    const [one, two, three] = [bitsAt(text, at), bitsAt(text, at + 1), bitsAt(text, at + 2)];
    const isAscii = (one & 0b100000) === 0 && (two & 0b001000) === 0 && (three & 0b000010) === 0;
    row = isAscii ? row + 1 : 0;
    if (row === 5) return true;
  }
  return false;
}

const bitsAt = (text: string, at: number): number => BITS[text.charCodeAt(at)] ?? NOT_BASE64;

function decodedFrom(run: Part, shift: number): Part[] {
  if (!hasAscii(run.text, shift)) return [];
  const said = Buffer.from(run.text.slice(shift), "base64").toString("latin1");
  return [...said.matchAll(READABLE)].map(({ index, 0: text }) => ({
    text,
    begins: (offset) => run.begins(shift + Math.floor(((index + offset) * 4) / 3)),
    ends: (offset) => run.ends(Math.min(run.text.length, shift + Math.ceil(((index + offset) * 4) / 3))),
  }));
}

/**
 * `\n`, `\t` and others as they stand in JSON, escaped once or more often, and a colour. The letter would be part of the word
 * that comes after it, and a token of a known form is none with a letter before it.
 */
const ESCAPES = /(?<!\\)\\+(?:u001[bB]\[[0-9;:]{0,40}m|u[0-9a-fA-F]{4}|[bfnrtv])/g;
const isBreak = (one: string): boolean => /(?:n|u000[aA])$/.test(one);

/** As long as the text, so that places are the same. */
const withoutEscapes = (text: string): string =>
  text.includes("\\")
    ? text.replace(ESCAPES, (one) => " ".repeat(one.length - 1) + (isBreak(one) ? "\n" : " "))
    : text;

const itself = (offset: number): number => offset;

/** Null where the text cannot be read in another way. */
export function otherReading(raw: string): Reading | null {
  const text = withoutEscapes(raw);
  const unescaped = text === raw ? [] : [{ text, begins: itself, ends: itself }];
  const parts = [...unescaped, ...overLines(text), ...decoded(text)];
  if (parts.length === 0) return null;
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.text.length + BORDER.length;
  }
  const partAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    text: parts.map((part) => part.text + BORDER).join(""),
    original({ start, end }) {
      const at = partAt(start);
      const [part, from = 0] = [parts[at], starts[at]];
      if (!part) return { start: 0, end: text.length };
      // What goes beyond its part is what was not searched: nobody knows where in the rest it stands.
      if (end - from > part.text.length) return { start: 0, end: text.length };
      return { start: part.begins(start - from), end: part.ends(end - from) };
    },
  };
}
