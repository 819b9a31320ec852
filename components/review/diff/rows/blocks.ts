// Rows in blocks of a few: what changes in one leaves the others as they are, and browsers draw it alone. A row with notes
// is a block of its own, the only kind that React draws: notes are its components. Pure.

/** Rows of a block at most; it begins at a multiple of this, or after a row with notes. */
const MOST = 8;

export interface Block {
  /** Where it begins or would begin: the same while rows come and go at the ends of what is drawn. */
  readonly start: number;
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly isNoted: boolean;
}

export function blocksOf(from: number, to: number, hasNotes: (row: number) => boolean): Block[] {
  const blocks: Block[] = [];
  for (let start = from - (from % MOST); start < to; ) {
    if (hasNotes(start)) {
      if (start >= from) blocks.push({ start, from: start, to: start + 1, isNoted: true });
      start++;
      continue;
    }
    const most = start - (start % MOST) + MOST;
    let end = start + 1;
    while (end < most && !hasNotes(end)) end++;
    const span = { from: Math.max(start, from), to: Math.min(end, to) };
    if (span.from < span.to) blocks.push({ start, ...span, isNoted: false });
    start = end;
  }
  return blocks;
}
