// A part as it is laid out: its rows, how high each is, and where. Heights are reckoned from the characters of a line, which
// all have the same width, and put right by what the browser measured.
import { languageOf, paintLine, type State } from "../lines/colour.ts";
import { ADDED, HUNK, lineLength, lineText, type PartLines, REMOVED } from "../lines/part.ts";
import { type Layout, type PartRows, PIECE, rowsOf } from "../lines/rows.ts";
import { changedWords, type Range, type WordChange } from "../lines/words.ts";

export const ROW = 20;
const HUNK_ROW = 28;
/** The line that offers the rest of a long one. */
const MORE = 28;
const TAB = 4;
/** Most notes are about this high before they were measured. */
const NOTE = 96;

export interface ViewOptions {
  readonly layout: Layout;
  readonly hideWhitespace: boolean;
  /** Characters that a line of a cell holds. */
  readonly columns: number;
}

/** Widths in characters; whatever is not ASCII may take two. */
export function cellsOf(text: string, from: number, to: number): number {
  let cells = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    cells += code === 9 ? TAB : code > 0x7e || code < 0x20 ? 2 : 1;
  }
  return cells;
}

/** Nothing goes on over lines where none of these stands. */
const OPENERS = /\/\*|`|"""|<!--/;
const LONGEST_COLOURED = 4000;
/** Where none of these stands, each character is as wide as the next. */
const UNEVEN = /[^\x20-\x7E\n]/;
/** Drawn as wide as nobody can reckon; a tab is never wider than it is reckoned. */
const WILD = /[^\x20-\x7E\t\n]/;
const nothing = () => undefined;

/** Each side goes on from its own last line; a hunk begins in nothing, since nobody knows what is before it. */
function statesOf(lines: PartLines, language: ReturnType<typeof languageOf>): Uint8Array {
  const states = new Uint8Array(lines.count);
  if (language === null || !OPENERS.test(lines.text)) return states;
  let [old, fresh]: State[] = [0, 0];
  for (let line = 0; line < lines.count; line++) {
    const kind = lines.kinds[line];
    if (kind === HUNK) [old, fresh] = [0, 0];
    const text = kind === HUNK ? "" : lineText(lines, line);
    if (text === "" || text.length > LONGEST_COLOURED) continue;
    const state: State = (kind === REMOVED ? old : fresh) ?? 0;
    states[line] = state;
    const next = paintLine(text, language, state, nothing);
    if (kind !== ADDED) old = kind === REMOVED ? next : paintLine(text, language, old ?? 0, nothing);
    if (kind !== REMOVED) fresh = next;
  }
  return states;
}

export class PartView {
  readonly lines: PartLines;
  readonly rows: PartRows;
  readonly options: ViewOptions;
  readonly opened: ReadonlySet<number>;
  readonly heights: Float32Array;
  /** One more than there are rows: the last is the height of all. */
  readonly tops: Float64Array;
  #noted: ReadonlySet<number> = new Set();
  readonly #words = new Map<number, WordChange>();
  readonly #states: Uint8Array;
  readonly #isEven: boolean;
  readonly #isWild: boolean;

  readonly language: ReturnType<typeof languageOf>;

  constructor(lines: PartLines, options: ViewOptions, opened: ReadonlySet<number>, path: string) {
    this.language = languageOf(path);
    this.#states = statesOf(lines, this.language);
    this.#isEven = !UNEVEN.test(lines.text);
    this.#isWild = !this.#isEven && WILD.test(lines.text);
    this.lines = lines;
    this.options = options;
    this.opened = opened;
    this.rows = rowsOf(lines, { ...options, opened });
    this.heights = new Float32Array(this.rows.count);
    this.tops = new Float64Array(this.rows.count + 1);
    for (let row = 0; row < this.rows.count; row++) this.heights[row] = this.#reckon(row);
    this.#stack(0);
  }

  get height(): number {
    return this.tops[this.rows.count] ?? 0;
  }

  /** Otherwise one row may be higher than reckoned by as much as another is lower, and together they look right. */
  get isSure(): boolean {
    return !this.#isWild && this.#noted.size === 0;
  }

  /** Whether a line is longer than what is shown of it. */
  isCut(line: number): boolean {
    return line !== -1 && !this.opened.has(line) && lineLength(this.lines, line) > PIECE;
  }

  /** What a line begins in: the middle of a comment, say, as far as the hunk shows it. */
  stateOf(line: number): State {
    return (this.#states[line] ?? 0) as State;
  }

  /** What changed inside a line that replaced another, or was replaced. */
  wordsOf(line: number): readonly Range[] {
    const partner = this.rows.partner[line] ?? -1;
    if (partner === -1) return [];
    const [old, fresh] = [Math.min(line, partner), Math.max(line, partner)];
    let change = this.#words.get(old);
    if (!change) {
      change = changedWords(lineText(this.lines, old), lineText(this.lines, fresh));
      this.#words.set(old, change);
    }
    return line === old ? change.old : change.new;
  }

  /** Rows that have notes below them: those are measured again and again, and reckoned until then. True where others have. */
  note(rows: ReadonlySet<number>): boolean {
    let first = this.rows.count;
    for (const row of new Set([...rows, ...this.#noted])) {
      if (rows.has(row) === this.#noted.has(row)) continue;
      this.heights[row] = this.#reckon(row) + (rows.has(row) ? NOTE : 0);
      first = Math.min(first, row);
    }
    this.#noted = rows;
    this.#stack(first);
    return first < this.rows.count;
  }

  /** Takes what was measured; true where it differs. */
  measure(row: number, height: number): boolean {
    if (Math.abs((this.heights[row] ?? 0) - height) < 0.5) return false;
    this.heights[row] = height;
    return true;
  }

  restack(): void {
    this.#stack(0);
  }

  /** The row at a distance from the top of the part. */
  rowAt(distance: number): number {
    let low = 0;
    let high = this.rows.count;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.tops[middle] ?? 0) <= distance) low = middle;
      else high = middle;
    }
    return low;
  }

  #stack(first: number): void {
    for (let row = first; row < this.rows.count; row++)
      this.tops[row + 1] = (this.tops[row] ?? 0) + (this.heights[row] ?? 0);
  }

  #reckon(row: number): number {
    const left = this.rows.left[row] ?? -1;
    const right = this.rows.right[row] ?? -1;
    const base = this.lines.kinds[left] === HUNK ? HUNK_ROW : ROW;
    const most = Math.max(this.#lineRows(left, row), right === left ? 0 : this.#lineRows(right, row));
    return base + (most - 1) * ROW + (this.isCut(left) || this.isCut(right) ? MORE : 0);
  }

  #lineRows(line: number, row: number): number {
    if (line === -1) return 1;
    const from = this.rows.from[row] ?? 0;
    const to = Math.min(lineLength(this.lines, line), from + PIECE);
    const cells = this.#isEven ? to - from : cellsOf(lineText(this.lines, line), from, to);
    return Math.max(1, Math.ceil(cells / this.options.columns));
  }
}
