// Patterns of a charter's own, and the small language they are written in: it has no repetition without an end, no group
// and no alternative, and what one may cost at one place of a text is counted before it is taken.
import { z } from "zod";

/** Code points from the first to the second. */
type Range = readonly [number, number];

/** `matches`: null is any character but a line break. */
interface Step {
  readonly matches: readonly Range[] | null;
  readonly min: number;
  readonly max: number;
}

type Part = Step | "word_border";

export interface OwnPattern {
  /** For a JavaScript RegExp with the flag `u`. */
  readonly source: string;
  /** Comparisons at one place of a text, at most, also when all of them are in vain. */
  readonly cost: number;
}

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: OwnPattern }
  | { readonly ok: false; readonly fault: string };

export const MOST_PATTERNS = 50;
export const LONGEST_PATTERN = 200;
export const SHORTEST_MATCH = 4;
const MOST_REPEATS = 100;
/** Also the longest match, in code points. */
export const HIGHEST_COST = 500;
/** Of all patterns of a charter: eight seconds for a megabyte that nearly fits them at every place. */
export const HIGHEST_SUM = 2000;

const DIGITS: readonly Range[] = [[48, 57]];
const codeOf = (character: string) => character.codePointAt(0) ?? 0;

class Fault extends Error {}

interface Read<T> {
  readonly value: T;
  readonly next: number;
}

function classAt(characters: readonly string[], at: number): Read<Range[]> {
  const end = characters.indexOf("]", at + 1);
  if (end === -1) throw new Fault("a [ has no ] after it");
  const inner = characters.slice(at + 1, end);
  if (inner.length === 0) throw new Fault("[] holds no character");
  if (inner[0] === "^") throw new Fault("[^…] is not understood; name the characters that are meant");
  if (inner.some((character) => character === "[" || character === "\\"))
    throw new Fault("inside [ ] stand characters and ranges such as A-Z alone");
  const ranges: Range[] = [];
  for (let index = 0; index < inner.length; index++) {
    const from = codeOf(inner[index] ?? "");
    const isRange = inner[index + 1] === "-" && index + 2 < inner.length;
    const to = isRange ? codeOf(inner[index + 2] ?? "") : from;
    if (to < from) throw new Fault("a range inside [ ] runs backwards");
    ranges.push([from, to]);
    if (isRange) index += 2;
  }
  return { value: ranges, next: end + 1 };
}

function matcherAt(characters: readonly string[], at: number): Read<Step["matches"] | "word_border"> {
  const character = characters[at] ?? "";
  if (character === "[") return classAt(characters, at);
  if (character === ".") return { value: null, next: at + 1 };
  if (character === "\\") {
    if (characters[at + 1] === "d") return { value: DIGITS, next: at + 2 };
    if (characters[at + 1] === "b") return { value: "word_border", next: at + 2 };
    throw new Fault("after \\ only d (a digit) and b (the border of a word) are understood");
  }
  if ("*+()|^$]}{?".includes(character))
    throw new Fault(`${character} is not understood here; as itself it is written [${character}]`);
  const code = codeOf(character);
  return { value: [[code, code]], next: at + 1 };
}

const COUNT = /^\{(\d{1,3})(?:,(\d{1,3}))?\}/;

function countAt(characters: readonly string[], at: number): Read<{ min: number; max: number }> {
  if (characters[at] === "?") return { value: { min: 0, max: 1 }, next: at + 1 };
  if (characters[at] !== "{") return { value: { min: 1, max: 1 }, next: at };
  const [whole, first, second] = COUNT.exec(characters.slice(at, at + 9).join("")) ?? [];
  if (whole === undefined) throw new Fault("a { is followed by a number, or by two: {6} or {2,8}");
  const min = Number(first);
  const max = Number(second ?? first);
  if (max > MOST_REPEATS || max < min || max === 0)
    throw new Fault(`{ } holds numbers up to ${MOST_REPEATS}, the smaller one first`);
  return { value: { min, max }, next: at + whole.length };
}

function partsOf(characters: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; ) {
    const { value: matches, next } = matcherAt(characters, at);
    if (matches === "word_border") {
      parts.push(matches);
      at = next;
      continue;
    }
    const count = countAt(characters, next);
    parts.push({ matches, ...count.value });
    at = count.next;
  }
  return parts;
}

/** Of a search that goes back wherever it may: each count of a step is followed by all that comes after it. */
function costOf(parts: readonly Part[]): number {
  return parts.reduceRight(
    (rest, part) => (part === "word_border" ? rest + 1 : part.max + (part.max - part.min + 1) * rest),
    0,
  );
}

const point = (code: number) => `\\u{${code.toString(16)}}`;

/** Each character by its number, so that none is read as syntax. */
function sourceOf(part: Part): string {
  if (part === "word_border") return "\\b";
  const { matches, min, max } = part;
  const one = matches ? `[${matches.map(([from, to]) => `${point(from)}-${point(to)}`).join("")}]` : ".";
  return `${one}{${min},${max}}`;
}

function checked(line: string): OwnPattern {
  if (line.length > LONGEST_PATTERN) throw new Fault(`it is longer than ${LONGEST_PATTERN} characters`);
  if (/\p{C}/u.test(line)) throw new Fault("it holds a character that cannot be seen");
  const parts = partsOf([...line]);
  const shortest = parts.reduce((sum, part) => sum + (part === "word_border" ? 0 : part.min), 0);
  if (shortest < SHORTEST_MATCH)
    throw new Fault(`what it finds may be shorter than ${SHORTEST_MATCH} characters`);
  const cost = costOf(parts);
  if (cost > HIGHEST_COST) throw new Fault("it takes too long to search; give it fewer counts that vary");
  return { source: parts.map(sourceOf).join(""), cost };
}

export function parseOwnPattern(line: string): ParsedPattern {
  try {
    return { ok: true, pattern: checked(line) };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, fault: error.message };
    throw error;
  }
}

const LINES = "Write patterns, one a line, such as Project-Falcon or CUST-[0-9]{6}.";

export const OwnPatterns = z
  .array(z.string({ error: LINES }), { error: LINES })
  .max(MOST_PATTERNS, `At most ${MOST_PATTERNS} patterns.`)
  .refine((lines) => new Set(lines).size === lines.length, "The same pattern stands here twice.")
  .superRefine((lines, context) => {
    let sum = 0;
    for (const [index, line] of lines.slice(0, MOST_PATTERNS).entries()) {
      const parsed = parseOwnPattern(line);
      if (!parsed.ok) context.addIssue({ code: "custom", message: `Line ${index + 1}: ${parsed.fault}.` });
      const before = sum;
      sum += parsed.ok ? parsed.pattern.cost : 0;
      if (before <= HIGHEST_SUM && sum > HIGHEST_SUM)
        context.addIssue({
          code: "custom",
          message: `Line ${index + 1}: up to here they take too long to search together; make them shorter.`,
        });
    }
  });
