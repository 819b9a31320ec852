// What of the list is drawn: sections of files, their parts, the rows of each.
import type { PartView } from "./part-view.ts";
import type { PartText } from "./source.ts";

export interface Place {
  readonly file: number;
  /** -1: the file's head. */
  readonly part: number;
  readonly row: number;
}

export interface ShownPart {
  readonly part: number;
  /** Distance from the top of its section. */
  readonly top: number;
  readonly height: number;
  readonly text: PartText;
  /** With rows `from` to `to`, not included; null while the text is not there. */
  readonly view: PartView | null;
  readonly from: number;
  readonly to: number;
  /** Rows that have their colours. */
  readonly coloured: readonly [from: number, to: number];
}

export interface Section {
  readonly file: number;
  readonly top: number;
  readonly height: number;
  readonly isFolded: boolean;
  /** False where its beginning is far above: nothing stands below its head then. */
  readonly isBegun: boolean;
  readonly parts: readonly ShownPart[];
}

export interface Frame {
  readonly height: number;
  /** Where the sections' own coordinates begin. */
  readonly base: number;
  readonly sections: readonly Section[];
}
