// One part of a patch as lines: their kind, where they begin in the text, and their numbers on either side. Pure.
import type { Side } from "../contract.ts";

export const CONTEXT = 0;
export const REMOVED = 1;
export const ADDED = 2;
export const HUNK = 3;
/** "\ No newline at end of file". */
export const REMARK = 4;

export interface PartLines {
  readonly text: string;
  readonly count: number;
  readonly kinds: Uint8Array;
  /** Offsets of lines; one more than there are lines. */
  readonly starts: Int32Array;
  /** 0 where a line has no number on that side. */
  readonly old: Int32Array;
  readonly new: Int32Array;
}

const HEAD = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;
const KIND: Readonly<Record<number, number>> = { 32: CONTEXT, 43: ADDED, 45: REMOVED, 64: HUNK };

export interface PartStart {
  readonly lines: number;
  readonly oldLine: number;
  readonly newLine: number;
}

export function parsePart(text: string, { lines: count, oldLine, newLine }: PartStart): PartLines {
  const kinds = new Uint8Array(count);
  const starts = new Int32Array(count + 1);
  const numbers = { old: new Int32Array(count), new: new Int32Array(count) };
  let [old, fresh] = [oldLine, newLine];
  let at = 0;
  for (let line = 0; line < count; line++) {
    starts[line] = at;
    const kind = KIND[text.charCodeAt(at)] ?? REMARK;
    kinds[line] = kind;
    const next = text.indexOf("\n", at);
    if (kind === HUNK) {
      const [, from = "0", to = "0"] = HEAD.exec(text.slice(at, next === -1 ? undefined : next)) ?? [];
      [old, fresh] = [Number(from), Number(to)];
    }
    if (kind === CONTEXT || kind === REMOVED) numbers.old[line] = old++;
    if (kind === CONTEXT || kind === ADDED) numbers.new[line] = fresh++;
    at = next === -1 ? text.length + 1 : next + 1;
  }
  starts[count] = at;
  return { text, count, kinds, starts, ...numbers };
}

/** Without the first character, which says the kind, and without the line feed. */
export function lineText({ text, kinds, starts }: PartLines, line: number): string {
  const from = (starts[line] ?? 0) + (kinds[line] === HUNK ? 0 : 1);
  return text.slice(from, (starts[line + 1] ?? 0) - 1);
}

/** Characters of a line, without making a string of it. */
export const lineLength = ({ kinds, starts }: PartLines, line: number): number =>
  Math.max(0, (starts[line + 1] ?? 0) - 1 - (starts[line] ?? 0) - (kinds[line] === HUNK ? 0 : 1));

/** The line that has a number on a side, or -1. Numbers rise through a part. */
export function lineOf(part: PartLines, side: Side, number: number): number {
  return part[side].indexOf(number);
}

export const sideOf = (kind: number): Side => (kind === REMOVED ? "old" : "new");
