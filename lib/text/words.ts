// Words as the search knows them: runs of letters and digits, so that the parts of paths, hosts and flags are found by
// themselves. Postgres' own parser keeps a path or a host in one piece, and what it takes for one depends on the locale.

export interface Word {
  /** Lower case, cut after 64 UTF-16 units. */
  readonly word: string;
  /** Offsets in the text it was found in. */
  readonly start: number;
  readonly end: number;
}

const RUN = /[\p{L}\p{M}\p{N}]+/gu;
const LONGEST = 64;

export const wordOf = (run: string): string =>
  run.slice(0, LONGEST).toWellFormed().toLowerCase().normalize("NFC");

/** In order. A text is read once from left to right, whatever stands in it. */
export function* wordsOf(text: string): Generator<Word> {
  for (const { 0: run, index } of text.matchAll(RUN)) {
    yield { word: wordOf(run), start: index, end: index + run.length };
  }
}

// Limits of tsvector (Postgres 18, tsvector.h): a place is at most 16,383, a word has at most 256 places, and all
// words together stay below 1 MiB. What stands behind them is not found.
const LAST_PLACE = 16_383;
const PLACES = 255;
const BYTES = 512 * 1024;

const quoted = (word: string): string => `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** The text of a `tsvector` with the places of all words, made without the parser. */
export function searchVector(text: string): string {
  const places = new Map<string, number[]>();
  let bytes = 0;
  let place = 0;
  for (const { word } of wordsOf(text)) {
    place += 1;
    if (place > LAST_PLACE || bytes > BYTES) break;
    const known = places.get(word);
    if (!known) {
      places.set(word, [place]);
      bytes += Buffer.byteLength(word) + 4;
    } else if (known.length < PLACES) {
      known.push(place);
      bytes += 2;
    }
  }
  return [...places].map(([word, at]) => `${quoted(word)}:${at.join(",")}`).join(" ");
}

/** A part of a query: words that follow each other, the last one perhaps only begun. */
export interface Phrase {
  readonly words: readonly string[];
  readonly isBegun: boolean;
}

/** The text of a `tsquery`: every phrase has to be there. */
export const searchQuery = (phrases: readonly Phrase[]): string =>
  phrases
    .map(({ words, isBegun }) => words.map(quoted).join(" <-> ") + (isBegun ? ":*" : ""))
    .map((phrase) => `( ${phrase} )`)
    .join(" & ");

/** Where the phrases stand in a text: offsets, in order, without overlap. */
export function placesOf(
  text: string,
  phrases: readonly Phrase[],
): readonly { readonly start: number; readonly end: number }[] {
  const words = [...wordsOf(text)];
  const marked = new Set<number>();
  for (const { words: wanted, isBegun } of phrases) {
    for (let at = 0; at + wanted.length <= words.length; at++) {
      const isHere = wanted.every((word, index) => {
        const here = words[at + index]?.word ?? "";
        return isBegun && index === wanted.length - 1 ? here.startsWith(word) : here === word;
      });
      if (isHere) for (let index = 0; index < wanted.length; index++) marked.add(at + index);
    }
  }
  return words.filter((_, index) => marked.has(index)).map(({ start, end }) => ({ start, end }));
}
