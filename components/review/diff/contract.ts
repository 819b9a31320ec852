// What the rest of the review builds on. <DiffView> (view.tsx) shows the files of a patch in one virtual list: only
// what is in sight exists, so nothing outside may look for its elements. Whoever adds to it does so by four ways:
//   1. `head(path)` and `under(path)`: a node at the right end of a file's head, and one of any height below the head;
//   2. `notes`: nodes of any height below a line, by `noteKey(path, side, line)`; they are measured, never cut;
//   3. `onSelect(range)`: somebody pressed, dragged or shift-pressed line numbers; `selected` is shown as given back;
//   4. `handle`: go to a file, a line, the next hunk or file, and what is in sight now.
// Lines are counted from 1 as the file counts them, on the side they stand on. Paths are those of the list of files
// (masked where a name holds a secret). Keys are declared in keys.ts, once for everything the review page does.
import type { ReactNode } from "react";

/** `old`: what is taken away, and what stays as it was; `new`: what is added, and what stays as it is now. */
export type Side = "old" | "new";

export interface LineRange {
  readonly path: string;
  readonly side: Side;
  readonly from: number;
  /** Not before `from`. */
  readonly to: number;
}

export type NoteKey = string & { readonly key: "note" };

/** A line as the key of a map. A path cannot hold NUL. */
export const noteKey = (path: string, side: Side, line: number): NoteKey =>
  `${path}\0${side}\0${line}` as NoteKey;

/** Where the reader is. */
export interface Sight {
  /** The file whose lines are at the top of the window; null in an empty patch. */
  readonly path: string | null;
  /** The first line of it in sight, on the side that it has; null while only its head is. */
  readonly line: { readonly side: Side; readonly number: number } | null;
  /** Every file of which something is in sight, from top to bottom. */
  readonly paths: readonly string[];
}

export interface DiffHandle {
  /** Each unfolds what it goes to, fetches it if need be, and resolves when it is in sight; false where there is none. */
  toFile(path: string): Promise<boolean>;
  toLine(path: string, side: Side, line: number): Promise<boolean>;
  /** From what is in sight: 1 the next, -1 the one before. */
  stepFile(step: 1 | -1): Promise<boolean>;
  stepHunk(step: 1 | -1): Promise<boolean>;
  sight(): Sight;
  /** Whether a line stands in what is laid out around the window; brings it into the window where it does. */
  reveal(path: string, side: Side, line: number): boolean;
  /** The text of a range of lines as it is shown, e.g. to begin a suggestion with; null where it cannot be had. */
  textOf(range: LineRange): Promise<string | null>;
}

export interface DiffSlots {
  readonly head?: (path: string) => ReactNode;
  readonly under?: (path: string) => ReactNode;
  readonly notes?: ReadonlyMap<NoteKey, ReactNode>;
  readonly onSelect?: (range: LineRange) => void;
  readonly selected?: LineRange | null;
  /** Called when `sight()` changed, at most once a frame. */
  readonly onSight?: (sight: Sight) => void;
}
