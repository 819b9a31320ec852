// A patch's text cut into parts that are read as they come into sight, and what is counted of them beforehand. Pure.
// A part is whole lines of one file. Every line of every hunk is in exactly one part: nothing is left out for its size.
import { lookalikes } from "../text/lookalikes.ts";
import { hiddenCount } from "../text/rules.ts";
import { equalButForSpace } from "./whitespace.ts";

export interface PatchPart {
  /** UTF-16 offsets in the patch's text. */
  readonly start: number;
  readonly end: number;
  readonly length: number;
  /** Number of its first line among the file's lines, from 0 at the first hunk's head. */
  readonly line: number;
  readonly lines: number;
  /** Rows when the two sides stand beside each other. */
  readonly pairs: number;
  /** Hunks that begin in it. */
  readonly hunks: number;
  /** Numbers that its first line has on either side, where it begins inside a hunk. */
  readonly oldLine: number;
  readonly newLine: number;
}

/** Lines to look at before anything is approved: `to` is the last of them. */
export interface Spot {
  readonly from: number;
  readonly to: number;
}

export interface ShownFile {
  readonly parts: readonly PatchPart[];
  readonly hunks: number;
  /** Characters that would not be seen, and words that only look like Latin ones. */
  readonly hidden: number;
  readonly lookalikes: number;
  /** Lines in which a secret was masked, or for which there was no time to search. */
  readonly masked: number;
  readonly spots: readonly Spot[];
  /** The largest number that a line has on either side. */
  readonly lastNumber: number;
  /** Lines that differ from their partner in white space alone. */
  readonly space: number;
  /** git writes no lines of it. */
  readonly binary: boolean;
}

const PART_LINES = 1500;
const PART_CHARACTERS = 128 * 1024;
/** Neighbours are one spot while a window shows them together. */
const SPOT_GAP = 4;
const SPOT_LINES = 16;

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;
/** A text without any of the rest is not looked through line by line. */
const UNPLAIN = /[^\x20-\x7E\n\t]/;
const END_OF_LINE = /\r$/;

const FILE = "diff --git ";
const [SPACE, PLUS, MINUS, AT] = [32, 43, 45, 64];

export function hiddenInLine(line: string): number {
  return UNPLAIN.test(line) ? hiddenCount(line.replace(END_OF_LINE, ""), "code") : 0;
}

/** Where git starts a file; a line of content always begins with a space, `+`, `-` or `\`. */
export function fileStarts(text: string): number[] {
  const starts = text.startsWith(FILE) ? [0] : [];
  // Only a line feed ends a line of git: a carriage return or U+2028 in a line is content.
  for (let at = text.indexOf(`\n${FILE}`); at !== -1; at = text.indexOf(`\n${FILE}`, at + 1))
    starts.push(at + 1);
  return starts;
}

class Cutter {
  readonly parts: PatchPart[] = [];
  readonly spots: Spot[] = [];
  hunks = 0;
  hidden = 0;
  alike = 0;
  masked = 0;
  space = 0;
  lastNumber = 0;
  #removed: string[] = [];
  #added: string[] = [];
  #pairs = 0;
  #before = 0;
  #part: { start: number; line: number; oldLine: number; newLine: number };
  #oldLine = 0;
  #newLine = 0;

  constructor(start: number) {
    this.#part = { start, line: 0, oldLine: 0, newLine: 0 };
  }

  /** A part may end before a line that is no change, or when it is twice as long as it should be. */
  borderBefore(code: number, at: number, line: number): void {
    const { start, line: first } = this.#part;
    const most = code === PLUS || code === MINUS ? 2 : 1;
    if (line - first >= PART_LINES * most || at - start >= PART_CHARACTERS * most) this.close(at, line);
  }

  close(at: number, line: number): void {
    const { start, line: first, oldLine, newLine } = this.#part;
    this.#settle();
    if (line > first) {
      const lines = {
        line: first,
        lines: line - first,
        pairs: this.#pairs,
        hunks: this.hunks - this.#before,
      };
      this.parts.push({ start, end: at, length: at - start, ...lines, oldLine, newLine });
    }
    this.#part = { start: at, line, oldLine: this.#oldLine, newLine: this.#newLine };
    this.#pairs = 0;
    this.#before = this.hunks;
  }

  take(code: number, line: string, number: number, isMasked: boolean): void {
    if (code === MINUS && this.#added.length > 0) this.#settle();
    if (code === MINUS) this.#removed.push(line.slice(1));
    else if (code === PLUS) this.#added.push(line.slice(1));
    else {
      this.#settle();
      this.#pairs++;
    }
    if (code === AT) this.#enterHunk(line);
    if (code === MINUS || code === SPACE) this.#oldLine++;
    if (code === PLUS || code === SPACE) this.#newLine++;
    this.lastNumber = Math.max(this.lastNumber, this.#oldLine - 1, this.#newLine - 1);
    const hidden = hiddenInLine(line);
    const alike = code === PLUS && UNPLAIN.test(line) ? lookalikes(line).length : 0;
    this.hidden += hidden;
    this.alike += alike;
    if (isMasked) this.masked++;
    if (hidden + alike > 0 || isMasked) this.#spot(number);
  }

  #enterHunk(line: string): void {
    const [, from, to] = HUNK.exec(line) ?? [];
    this.hunks++;
    this.#oldLine = Number(from ?? 0);
    this.#newLine = Number(to ?? 0);
  }

  #settle(): void {
    const [removed, added] = [this.#removed, this.#added];
    if (removed.length + added.length === 0) return;
    this.#pairs += Math.max(removed.length, added.length);
    this.space += 2 * equalButForSpace(removed, added).size;
    this.#removed = [];
    this.#added = [];
  }

  #spot(line: number): void {
    const last = this.spots.at(-1);
    if (last && line - last.to <= SPOT_GAP && line - last.from < SPOT_LINES)
      this.spots[this.spots.length - 1] = { from: last.from, to: line };
    else this.spots.push({ from: line, to: line });
  }
}

/** What is between the offsets: git's own lines, then hunks. `masked` are offsets of lines, as they stand in the text. */
function cutFile(text: string, start: number, end: number, masked: ReadonlySet<number>): ShownFile {
  const first = text.indexOf("\n@@ ", start) + 1;
  const body = first > start && first < end ? first : end;
  const head = text.slice(start, body);
  const cutter = new Cutter(body);
  for (let at = start; at < body; at = text.indexOf("\n", at) + 1 || body)
    if (masked.has(at)) cutter.masked++;
  let number = 0;
  for (let at = body; at < end; number++) {
    const next = text.indexOf("\n", at);
    const to = next === -1 || next >= end ? end : next;
    const code = text.charCodeAt(at);
    cutter.borderBefore(code, at, number);
    cutter.take(code, text.slice(at, to), number, masked.has(at));
    at = Math.min(to + 1, end);
  }
  cutter.close(end, number);
  const { parts, hunks, hidden, alike, spots } = cutter;
  const binary = /\n(?:Binary files |GIT binary patch)/.test(head);
  const { masked: maskedLines, space, lastNumber } = cutter;
  return { parts, hunks, hidden, lookalikes: alike, masked: maskedLines, space, spots, lastNumber, binary };
}

/** One for each file, in git's order. `maskedLines` count from the first line of the patch. */
export function cutPatch(text: string, maskedLines: readonly number[] = []): ShownFile[] {
  const starts = fileStarts(text);
  const masked = new Set<number>();
  if (maskedLines.length > 0) {
    const wanted = new Set(maskedLines);
    let at = 0;
    for (let line = 0; at < text.length && masked.size < wanted.size; line++) {
      if (wanted.has(line)) masked.add(at);
      at = text.indexOf("\n", at) + 1 || text.length;
    }
  }
  return starts.map((start, at) => cutFile(text, start, starts[at + 1] ?? text.length, masked));
}
