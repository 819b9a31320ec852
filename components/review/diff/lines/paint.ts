// A piece of a line as spans: colours of code, changed words, what is searched for, and what would not be seen. Pure.
import { isForeign, lookalikes } from "#lib/text/lookalikes.ts";
import { visibleParts } from "#lib/text/rules.ts";
import { type languageOf, paintLine, type State, TOKEN_CLASSES } from "./colour.ts";
import type { Range } from "./words.ts";

export interface Span {
  readonly text: string;
  /** Class names, "" for none. */
  readonly look: string;
  /** Why it is marked, for a title. */
  readonly why?: string;
}

export interface PaintOrder {
  /** The whole line. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly language: ReturnType<typeof languageOf>;
  readonly state: State;
  readonly words: readonly Range[];
  readonly found: readonly Range[];
  /** Names are looked at in lines that were added. */
  readonly isAdded: boolean;
}

const [WORD, FOUND, FOREIGN] = [1, 2, 4];
const PLAIN_LINE = /^[\x20-\x7E\t]*$/;
/** A longer line is not coloured: it is rarely read as code, and each piece would go through all of it. */
const COLOURED = 4000;

function fill(flags: Uint8Array, ranges: readonly Range[], flag: number, from: number): void {
  for (const [start, end] of ranges) {
    for (let at = Math.max(0, start - from); at < Math.min(flags.length, end - from); at++)
      flags[at] = (flags[at] ?? 0) | flag;
  }
}

function lookOf(kind: number, flags: number): string {
  const names = [
    TOKEN_CLASSES[kind],
    flags & WORD ? "w" : "",
    flags & FOUND ? "found" : "",
    flags & FOREIGN ? "foreign" : "",
  ];
  return names.filter(Boolean).join(" ");
}

const FOREIGN_WHY = "This letter is not the Latin one it looks like";
const HIDDEN_WHY = "A character that would not be seen";

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** A letter that is not what it looks like is followed by its code. */
function foreignSpans(text: string, look: string): Span[] {
  return [...text].map((character) => ({
    text: `${character}‹${codePoint(character)}›`,
    look,
    why: FOREIGN_WHY,
  }));
}

function spansOf(text: string, look: string, isForeignPart: boolean, isEnd: boolean): Span[] {
  if (isForeignPart) return foreignSpans(text, `${look} mark`);
  if (PLAIN_LINE.test(text)) return [{ text, look }];
  return visibleParts(text, "code").map((part, at, all) => {
    if (part.kind === "text") return { text: part.text, look };
    // The end of a line from Windows is no secret: it is shown and not warned of.
    const isLineEnd = isEnd && at === all.length - 1 && part.text === "‹CR›";
    return isLineEnd
      ? { text: part.text, look: "cr" }
      : { text: part.text, look: `${look} mark`, why: HIDDEN_WHY };
  });
}

export function paintSpans({ text, from, to, language, state, words, found, isAdded }: PaintOrder): Span[] {
  const length = to - from;
  const isPlain = PLAIN_LINE.test(text);
  if (isPlain && !language && words.length + found.length === 0)
    return length === 0 ? [] : [{ text: text.slice(from, to), look: "" }];
  const kinds = new Uint8Array(length);
  const flags = new Uint8Array(length);
  if (language && text.length <= COLOURED) {
    paintLine(text, language, state, (start, end, kind) =>
      kinds.fill(kind, Math.max(0, start - from), Math.max(0, Math.min(length, end - from))),
    );
  }
  fill(flags, words, WORD, from);
  fill(flags, found, FOUND, from);
  if (isAdded && !isPlain) {
    for (const { start, end } of lookalikes(text)) {
      for (let at = start; at < end; ) {
        const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
        if (isForeign(character)) fill(flags, [[at, at + character.length]], FOREIGN, from);
        at += character.length;
      }
    }
  }
  const spans: Span[] = [];
  for (let start = 0; start < length; ) {
    let end = start + 1;
    while (end < length && kinds[end] === kinds[start] && flags[end] === flags[start]) end++;
    const look = lookOf(kinds[start] ?? 0, flags[start] ?? 0);
    const piece = text.slice(from + start, from + end);
    spans.push(...spansOf(piece, look, ((flags[start] ?? 0) & FOREIGN) !== 0, from + end === text.length));
    start = end;
  }
  return spans;
}
