// Which places with hidden content have been in the window, at rest, with nothing in front. What eyes saw nobody knows.
import type { ReviewFile } from "../../diff-rules.ts";
import { lineText } from "../lines/part.ts";
import { PIECE, rowOf } from "../lines/rows.ts";
import type { PartView } from "./part-view.ts";
import { HEAD } from "./positions.ts";
import type { Surface } from "./surface.ts";

export interface Looked {
  readonly total: number;
  readonly left: number;
}

export interface SpotPlace {
  readonly file: number;
  /** Line of the file; -1 for its name. */
  readonly line: number;
  /** What is hidden in a long line may be far along it. */
  readonly character: number;
}

const UNPLAIN = /[^\x20-\x7E\t\r]/;

/** Where to look in a line: the first character that is not plain, where that is beyond what is shown at first. */
function characterOf(view: PartView, line: number): number {
  const text = lineText(view.lines, line);
  return text.length > PIECE ? Math.max(0, text.search(UNPLAIN)) : 0;
}

export class Spots {
  readonly #files: readonly ReviewFile[];
  /** `file:spot:edge` for both ends of what was in sight. */
  readonly #seen = new Set<string>();
  readonly total: number;

  constructor(files: readonly ReviewFile[]) {
    this.#files = files;
    this.total = files.reduce((sum, { spots }) => sum + spots.length, 0);
  }

  get looked(): Looked {
    let left = 0;
    for (const [file, { spots }] of this.#files.entries()) {
      for (let spot = 0; spot < spots.length; spot++) if (!this.#isSeen(file, spot)) left++;
    }
    return { total: this.total, left };
  }

  #isSeen = (file: number, spot: number): boolean =>
    this.#seen.has(`${file}:${spot}:from`) && this.#seen.has(`${file}:${spot}:to`);

  /** Takes what is in the window now. */
  look(surface: Surface): void {
    if (this.total === 0) return;
    const [top, bottom] = [surface.top, surface.top + surface.window];
    const [first, last] = [surface.placeAt(top).file, surface.placeAt(bottom).file];
    for (let file = first; file <= last; file++) {
      for (const [at, { from, to }] of (this.#files[file]?.spots ?? []).entries()) {
        if (this.#isSeen(file, at)) continue;
        if (this.#isIn(surface, file, from, top, bottom)) this.#seen.add(`${file}:${at}:from`);
        if (this.#isIn(surface, file, to, top, bottom)) this.#seen.add(`${file}:${at}:to`);
      }
    }
  }

  #isIn(surface: Surface, file: number, line: number, top: number, bottom: number): boolean {
    if (line === -1) return surface.topOf({ file, part: -1, row: 0 }) < bottom;
    if (surface.isFolded(file)) return false;
    const parts = this.#files[file]?.parts ?? [];
    const part = parts.findLastIndex((each) => each.line <= line);
    const start = surface.topOf({ file, part, row: 0 });
    if (start > bottom) return false;
    const view = surface.view(file, part);
    if (!view) return false;
    const own = line - (parts[part]?.line ?? 0);
    const character = characterOf(view, own);
    if (character >= PIECE && view.isCut(own)) return false;
    const row = rowOf(view.rows, own, character);
    const at = start + (view.tops[row] ?? 0);
    return row !== -1 && at >= top + HEAD - 1 && at + 20 <= bottom;
  }

  /** The first place after a line of a file that nobody looked at, or the first of all; null where none is left. */
  next(surface: Surface, file: number, line: number): SpotPlace | null {
    const all = this.#files.flatMap(({ spots }, index) =>
      spots.flatMap((spot, at) =>
        this.#isSeen(index, at) ? [] : [{ file: index, line: spot.from, to: spot.to, at }],
      ),
    );
    const next = all.find((each) => each.file > file || (each.file === file && each.line > line)) ?? all[0];
    if (!next) return null;
    const isHalf = this.#seen.has(`${next.file}:${next.at}:from`);
    return { file: next.file, line: isHalf ? next.to : next.line, character: this.#character(surface, next) };
  }

  #character(surface: Surface, { file, line }: { readonly file: number; readonly line: number }): number {
    const parts = this.#files[file]?.parts ?? [];
    const part = parts.findLastIndex((each) => each.line <= line);
    const view = line < 0 ? null : surface.view(file, part);
    return view ? characterOf(view, line - (parts[part]?.line ?? 0)) : 0;
  }
}
