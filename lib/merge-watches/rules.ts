// How long a merge is watched, and what is counted of its lines. Pure.
import { DAY } from "../clock.ts";
import type { Seen, WatchState } from "./schema.ts";

export const WATCH_DAYS = 14;

export const watchedUntil = (mergedAt: number): number => mergedAt + WATCH_DAYS * DAY;

/** What a sighting ends the watch with; null where it goes on. */
export const endingOf = (seen: Seen): WatchState | null => ENDINGS[seen];

const ENDINGS: Readonly<Record<Seen, WatchState | null>> = {
  reverted_here: "reverted",
  reverted_by_hand: "reverted",
  rewritten: "rewritten",
  changed_again: null,
  check_failed: null,
};

/** Lines of one side of a file, the first and how many. */
export interface Span {
  readonly path: string;
  readonly from: number;
  readonly count: number;
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The lines that a unified diff without context takes away and brings, by file. Paths are as git quotes them, on both sides alike. */
export function spansOf(diff: string): { readonly removed: Span[]; readonly added: Span[] } {
  const removed: Span[] = [];
  const added: Span[] = [];
  let [old, now] = ["", ""];
  let inHunk = 0;
  for (const line of diff.split("\n")) {
    // Within a hunk a line may look like a header; the hunk says how many lines it has.
    if (inHunk > 0 && /^[-+]/.test(line)) {
      inHunk -= 1;
      continue;
    }
    const header = HEADER.exec(line);
    if (header) {
      const [, from, removedCount = "1", to, addedCount = "1"] = header;
      inHunk = Number(removedCount) + Number(addedCount);
      if (removedCount !== "0") removed.push({ path: old, from: Number(from), count: Number(removedCount) });
      if (addedCount !== "0") added.push({ path: now, from: Number(to), count: Number(addedCount) });
    } else if (line.startsWith("--- ")) old = pathIn(line);
    else if (line.startsWith("+++ ")) now = pathIn(line);
  }
  return { removed, added };
}

/** Without the side's letter, which is not part of the name; git ends a name that holds spaces with a tab. */
const pathIn = (line: string): string =>
  line
    .slice(4)
    .replace(/\t$/, "")
    .replace(/^("?)[ab]\//, "$1");

/** Of the lines that were brought, how many are gone from where they were. */
export function linesChanged(
  brought: readonly Span[],
  goneSince: readonly Span[],
): { readonly lines: number; readonly ofLines: number } {
  const byPath = new Map<string, Span[]>();
  for (const span of goneSince) byPath.set(span.path, [...(byPath.get(span.path) ?? []), span]);
  let [lines, ofLines] = [0, 0];
  for (const span of brought) {
    ofLines += span.count;
    for (const gone of byPath.get(span.path) ?? []) lines += overlap(span, gone);
  }
  return { lines, ofLines };
}

/** Spans of one diff never overlap each other, so nothing is counted twice. */
const overlap = (one: Span, other: Span): number =>
  Math.max(0, Math.min(one.from + one.count, other.from + other.count) - Math.max(one.from, other.from));
