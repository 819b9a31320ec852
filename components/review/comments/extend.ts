// A range of lines that grows and shrinks by its moving end: the other one is where it was begun. Pure.
import type { LineRange } from "../diff/contract.ts";

/** `anchor`: the line that was chosen first, if it is known. */
export function extended(
  range: LineRange,
  anchor: LineRange | null,
  by: 1 | -1,
): { readonly end: number; readonly range: LineRange } {
  const { path, side, from, to } = range;
  const isFromBelow = anchor?.path === path && anchor.side === side && anchor.from === to;
  const start = isFromBelow ? to : from;
  const end = (isFromBelow ? from : to) + by;
  return { end, range: { path, side, from: Math.min(start, end), to: Math.max(start, end) } };
}
