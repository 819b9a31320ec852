// Lines as rows of the list: one below the other, or two sides beside each other; what differs in white space alone as
// one quiet row; a long line as pieces that a window can hold. Pure.
import { equalButForSpace } from "#lib/patches/whitespace.ts";
import { ADDED, lineLength, lineText, type PartLines, REMOVED } from "./part.ts";

export type Layout = "split" | "unified";

/** Characters of a line in one row. The rest is shown when it is asked for, as rows of its own. */
export const PIECE = 2000;

export interface PartRows {
  readonly count: number;
  /** Line shown at the left, or alone; -1 for none. */
  readonly left: Int32Array;
  /** Line shown at the right; -1 for none, and always where lines are below each other. */
  readonly right: Int32Array;
  /** Where in its line the row begins. */
  readonly from: Int32Array;
  /** 1: both sides say the same but for white space. */
  readonly quiet: Uint8Array;
  /** The line that replaced a line, or that it replaced; -1 for none. */
  readonly partner: Int32Array;
  /** Lines shown as unchanged because they differ in white space alone. */
  readonly hidden: number;
}

export interface RowOptions {
  readonly layout: Layout;
  readonly hideWhitespace: boolean;
  /** Long lines shown whole. */
  readonly opened: ReadonlySet<number>;
}

/** Removed line → added line of one block, where they differ in white space alone. */
function equalPairs(part: PartLines, from: number, middle: number, to: number): Map<number, number> {
  const texts = (start: number, end: number) =>
    Array.from({ length: end - start }, (_, at) => lineText(part, start + at));
  const pairs = equalButForSpace(texts(from, middle), texts(middle, to));
  return new Map([...pairs].map(([removed, added]) => [from + removed, middle + added]));
}

class Rows {
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly from: number[] = [];
  readonly quiet: number[] = [];
  readonly #part: PartLines;
  readonly #opened: ReadonlySet<number>;

  constructor(part: PartLines, opened: ReadonlySet<number>) {
    this.#part = part;
    this.#opened = opened;
  }

  add(left: number, right: number, quiet = 0): void {
    const pieces = Math.max(this.#pieces(left), this.#pieces(right));
    for (let piece = 0; piece < pieces; piece++) {
      this.left.push(left);
      this.right.push(right);
      this.from.push(piece * PIECE);
      this.quiet.push(quiet);
    }
  }

  #pieces(line: number): number {
    if (line === -1 || !this.#opened.has(line)) return 1;
    return Math.max(1, Math.ceil(lineLength(this.#part, line) / PIECE));
  }
}

/** Rows of removed lines `[from, middle)` and the added ones that follow `[middle, to)`. */
function addBlock(
  rows: Rows,
  partner: Int32Array,
  pairs: ReadonlyMap<number, number>,
  layout: Layout,
  [from, middle, to]: readonly [number, number, number],
): void {
  let [old, fresh] = [from, middle];
  const flush = (oldTo: number, freshTo: number) => {
    const length = Math.max(oldTo - old, freshTo - fresh);
    for (let at = 0; at < Math.min(oldTo - old, freshTo - fresh); at++) {
      partner[old + at] = fresh + at;
      partner[fresh + at] = old + at;
    }
    if (layout === "split") {
      for (let at = 0; at < length; at++)
        rows.add(old + at < oldTo ? old + at : -1, fresh + at < freshTo ? fresh + at : -1);
    } else {
      for (let at = old; at < oldTo; at++) rows.add(at, -1);
      for (let at = fresh; at < freshTo; at++) rows.add(at, -1);
    }
    [old, fresh] = [oldTo, freshTo];
  };
  for (const [removed, added] of pairs) {
    flush(removed, added);
    rows.add(layout === "split" ? removed : added, layout === "split" ? added : -1, 1);
    [old, fresh] = [removed + 1, added + 1];
  }
  flush(middle, to);
}

const NO_PAIRS: ReadonlyMap<number, number> = new Map();

export function rowsOf(part: PartLines, { layout, hideWhitespace, opened }: RowOptions): PartRows {
  const { kinds, count } = part;
  const rows = new Rows(part, opened);
  const partner = new Int32Array(count).fill(-1);
  let hidden = 0;
  for (let line = 0; line < count; ) {
    const kind = kinds[line] ?? 0;
    if (kind !== REMOVED && kind !== ADDED) {
      rows.add(line, layout === "split" ? line : -1);
      line++;
      continue;
    }
    let middle = line;
    while (middle < count && kinds[middle] === REMOVED) middle++;
    let to = middle;
    while (to < count && kinds[to] === ADDED) to++;
    const pairs =
      hideWhitespace && middle > line && to > middle ? equalPairs(part, line, middle, to) : NO_PAIRS;
    hidden += pairs.size * 2;
    addBlock(rows, partner, pairs, layout, [line, middle, to]);
    line = to;
  }
  return {
    count: rows.left.length,
    left: Int32Array.from(rows.left),
    right: Int32Array.from(rows.right),
    from: Int32Array.from(rows.from),
    quiet: Uint8Array.from(rows.quiet),
    partner,
    hidden,
  };
}

/** The first row that shows a line, at or before a character of it; -1 where there is none. */
export function rowOf(rows: PartRows, line: number, character = 0): number {
  let found = -1;
  for (let row = 0; row < rows.count; row++) {
    if (rows.left[row] !== line && rows.right[row] !== line) {
      if (found !== -1) break;
      continue;
    }
    if (found !== -1 && (rows.from[row] ?? 0) > character) break;
    found = row;
  }
  return found;
}
