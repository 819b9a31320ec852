// Notes below lines: which rows of a part have some.
import type { ReactNode } from "react";
import type { NoteKey, Side } from "./contract.ts";
import { lineOf } from "./lines/part.ts";
import { rowOf } from "./lines/rows.ts";
import type { PartView } from "./surface/part-view.ts";

export interface LineNote {
  readonly key: NoteKey;
  readonly side: Side;
  readonly line: number;
  readonly node: ReactNode;
}

export function notesByPath(
  notes: ReadonlyMap<NoteKey, ReactNode>,
): ReadonlyMap<string, readonly LineNote[]> {
  const all = [...notes].map(([key, node]) => {
    const [path = "", side, line] = key.split("\0");
    return {
      path,
      key,
      side: side === "old" ? ("old" as const) : ("new" as const),
      line: Number(line),
      node,
    };
  });
  return Map.groupBy(all, ({ path }) => path);
}

/** The last row of each line with a note, in a part that shows it. */
export function noteRows(
  notes: readonly LineNote[] | undefined,
  view: PartView,
): ReadonlyMap<number, LineNote[]> {
  const rows = new Map<number, LineNote[]>();
  for (const note of notes ?? []) {
    const line = lineOf(view.lines, note.side, note.line);
    const row = line === -1 ? -1 : rowOf(view.rows, line, Number.POSITIVE_INFINITY);
    if (row !== -1) rows.set(row, [...(rows.get(row) ?? []), note]);
  }
  return rows;
}
