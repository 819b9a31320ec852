// Looks for a text in all parts of a patch. Runs in a worker, on texts that are there already. Pure.

export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
}

/** A place: which file, which of its lines, which character of the line. */
export interface Hits {
  /** How many places there are in all. */
  readonly count: number;
  /** Three numbers a place, for the first `MOST_PLACES`: place of the file, line of the file, character of the line. */
  readonly places: Int32Array;
}

export interface HeldPart {
  readonly place: number;
  /** Number of its first line in the file. */
  readonly line: number;
  readonly text: string;
}

/** Beyond it places are counted and not led to. */
export const MOST_PLACES = 100_000;

const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/** Null for nothing to look for. A line break is never part of what is found. */
export function patternOf({ text, matchCase }: Query): RegExp | null {
  if (text === "") return null;
  return new RegExp(text.replace(SPECIAL, "\\$&"), matchCase ? "g" : "gi");
}

const LINE_FEED = 10;
const AT = 64;

/** git's first character of a line is no content; a hunk's head has none. */
const marginOf = (text: string, start: number): number => (text.charCodeAt(start) === AT ? 0 : 1);

class Found {
  count = 0;
  readonly #places = new Int32Array(MOST_PLACES * 3);

  add(place: number, line: number, character: number): void {
    if (this.count < MOST_PLACES) {
      const at = this.count * 3;
      this.#places[at] = place;
      this.#places[at + 1] = line;
      this.#places[at + 2] = character;
    }
    this.count++;
  }

  hits(): Hits {
    return { count: this.count, places: this.#places.slice(0, Math.min(this.count, MOST_PLACES) * 3) };
  }
}

function searchPart({ place, line: first, text }: HeldPart, pattern: RegExp, found: Found): void {
  let line = first;
  let start = 0;
  let seen = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const { index } = match;
    for (let at = text.indexOf("\n", seen); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) {
      line++;
      start = at + 1;
    }
    seen = index;
    const character = index - start - marginOf(text, start);
    if (character >= 0) found.add(place, line, character);
    else pattern.lastIndex = index + 1;
  }
}

/** In the order of the parts that are given. */
export function search(parts: Iterable<HeldPart>, query: Query): Hits {
  const pattern = patternOf(query);
  const found = new Found();
  if (pattern && !query.text.includes(String.fromCharCode(LINE_FEED)))
    for (const part of parts) searchPart(part, pattern, found);
  return found.hits();
}
