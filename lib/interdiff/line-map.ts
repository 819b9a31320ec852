// Where lines are after a change. Pure.
import type { Hunk } from "./unified.ts";

export type Moved =
  /** Word for word what they were, here. */
  | { readonly state: "same" | "moved"; readonly from: number; readonly to: number }
  /** Something else stands there, here. */
  | { readonly state: "changed"; readonly from: number; readonly to: number }
  | { readonly state: "gone" };

/** Follows lines from the old side to the new side of a file's hunks, which cover every change of it. */
export function followLines(hunks: readonly Hunk[], from: number, to: number): Moved {
  let shift = 0;
  let [touched, kept] = [false, 0];
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  const stands = (line: number) => {
    first = Math.min(first, line);
    last = Math.max(last, line);
  };
  let next = from;
  const keepUntil = (end: number) => {
    for (; next <= Math.min(to, end); next++) {
      kept += 1;
      stands(next + shift);
    }
  };
  for (const hunk of hunks) {
    keepUntil(hunk.old - 1);
    let [before, after] = [hunk.old, hunk.new];
    /** Whether the lines just before here, of the old side, were taken out of the range. */
    let replaces = false;
    for (const { mark } of hunk.lines) {
      if (mark === "+") {
        const isInside = before > from && before <= to;
        if (isInside || replaces) {
          touched = true;
          stands(after);
        }
        after += 1;
        continue;
      }
      const isOurs = before >= from && before <= to;
      if (mark === "-") {
        if (isOurs) touched = true;
        replaces ||= isOurs;
      } else {
        replaces = false;
        if (isOurs) {
          kept += 1;
          stands(after);
        }
        after += 1;
      }
      if (isOurs) next = before + 1;
      before += 1;
    }
    shift = after - before;
  }
  keepUntil(to);
  if (last === 0) return { state: "gone" };
  if (touched || kept < to - from + 1) return { state: "changed", from: first, to: last };
  return { state: first === from ? "same" : "moved", from: first, to: last };
}
