// Reads git's unified diffs: files, hunks, lines with their numbers on both sides. Pure; the text is an agent's, so nothing of a
// line is taken for more than its first character says.

import { fileStarts } from "../patches/shown-parts.ts";
import type { Side } from "./schema.ts";

export interface HunkLine {
  /** ` ` on both sides, `-` on the old one alone, `+` on the new one alone. */
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

export interface Hunk {
  readonly old: number;
  readonly new: number;
  readonly lines: readonly HunkLine[];
}

/** Cuts a diff where git starts a file: a line of content always begins with a space, `+`, `-` or `\`. */
export function filesOf(diff: string): string[] {
  const starts = fileStarts(diff);
  return starts.map((start, at) => diff.slice(start, starts[at + 1]));
}

const HEAD = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Hunks of one file's part of a diff; none for binary content. */
export function hunksOf(file: string): Hunk[] {
  const hunks: Hunk[] = [];
  const lines = file.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const head = HEAD.exec(lines[at] ?? "");
    if (!head) continue;
    let [before, after] = [Number(head[2] ?? 1), Number(head[4] ?? 1)];
    const own: HunkLine[] = [];
    // By its own count: content that looks like another head stays content.
    while ((before > 0 || after > 0) && at + 1 < lines.length) {
      const line = lines[++at] ?? "";
      const mark = line.charAt(0);
      if (mark !== " " && mark !== "-" && mark !== "+") continue; // “\ No newline at end of file”
      own.push({ mark, text: line.slice(1) });
      if (mark !== "+") before -= 1;
      if (mark !== "-") after -= 1;
    }
    // A side without lines counts from the line before it.
    hunks.push({
      old: Number(head[1]) + (head[2] === "0" ? 1 : 0),
      new: Number(head[3]) + (head[4] === "0" ? 1 : 0),
      lines: own,
    });
  }
  return hunks;
}

/** The lines of one side that a file's hunks show, by their numbers; `isChanged`: not on the other side. */
export function linesOn(
  hunks: readonly Hunk[],
  side: Side,
): Map<number, { readonly text: string; readonly isChanged: boolean }> {
  const found = new Map<number, { text: string; isChanged: boolean }>();
  const own = side === "old" ? "-" : "+";
  for (const hunk of hunks) {
    let number = hunk[side];
    for (const { mark, text } of hunk.lines) {
      if (mark !== " " && mark !== own) continue;
      found.set(number, { text, isChanged: mark === own });
      number += 1;
    }
  }
  return found;
}

/** The lines from one number to another, or null where the hunks do not show all of them. */
export function rangeOn(hunks: readonly Hunk[], side: Side, from: number, to: number): string[] | null {
  const lines = linesOn(hunks, side);
  const range: string[] = [];
  for (let number = from; number <= to; number++) {
    const line = lines.get(number);
    if (line === undefined) return null;
    range.push(line.text);
  }
  return range;
}
