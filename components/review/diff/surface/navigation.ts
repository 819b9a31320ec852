// Going to a file, a line, a hunk: what is far away is fetched on the way.
import type { DiffHandle, LineRange, Side, Sight } from "../contract.ts";
import { HUNK, lineOf, lineText, parsePart } from "../lines/part.ts";
import { rowOf } from "../lines/rows.ts";
import type { Place } from "./frame.ts";
import { HEAD } from "./positions.ts";
import { addressOf, fetchPart } from "./source.ts";
import type { Surface } from "./surface.ts";

export interface Navigation extends DiffHandle {
  /** By the number of a line among all lines of the file. */
  toFileLine(file: number, line: number, character?: number): Promise<boolean>;
}

interface Ways {
  readonly surface: Surface;
  readonly url: string;
  /** Unfolds a file, if it is folded. */
  readonly unfold: (path: string) => void;
}

/** Takes the window there, and waits until its text has come. */
async function reach(surface: Surface, file: number, part: number): Promise<boolean> {
  const of = surface.files[file];
  if (!of?.parts[part]) return false;
  if (surface.view(file, part)) return true;
  surface.pin({ file, part, row: 0 });
  for (;;) {
    const text = surface.source.get(of, part);
    if (text.kind === "failed") return false;
    if (surface.view(file, part)) return true;
    await new Promise<void>((resolve) => {
      const stop = surface.source.onChange(() => {
        stop();
        resolve();
      });
    });
  }
}

export function navigation({ surface, url, unfold }: Ways): Navigation {
  const { files } = surface;
  const indexOf = (path: string) => files.findIndex((file) => file.path === path);
  const show = (file: number) => unfold(files[file]?.path ?? "");

  const toFileLine = async (file: number, line: number, character = 0): Promise<boolean> => {
    const parts = files[file]?.parts ?? [];
    show(file);
    if (line < 0) {
      surface.pin({ file, part: -1, row: 0 });
      return true;
    }
    const part = parts.findLastIndex((each) => each.line <= line);
    if (!(await reach(surface, file, part))) return false;
    const own = line - (parts[part]?.line ?? 0);
    if (surface.view(file, part)?.isCut(own) && character > 0) surface.openLine(file, part, own);
    const view = surface.view(file, part);
    const row = view ? rowOf(view.rows, own, character) : -1;
    if (row === -1) return false;
    surface.pin({ file, part, row });
    return true;
  };

  /** The part that has a line, and its number there; looks at parts that may have it, the last first. */
  const findLine = async (
    file: number,
    side: Side,
    number: number,
  ): Promise<readonly [number, number] | null> => {
    const parts = files[file]?.parts ?? [];
    const begins = side === "old" ? "oldLine" : "newLine";
    for (let part = parts.length - 1; part >= 0; part--) {
      if ((parts[part]?.[begins] ?? 0) > number) continue;
      if (!(await reach(surface, file, part))) return null;
      const lines = surface.view(file, part)?.lines;
      const line = lines ? lineOf(lines, side, number) : -1;
      if (line !== -1) return [part, line];
      if ((parts[part]?.[begins] ?? 0) < number && part < parts.length - 1) return null;
    }
    return null;
  };

  const stepHunk = async (step: 1 | -1): Promise<boolean> => {
    const from = surface.pinned ?? surface.placeAt(surface.top + HEAD + 8);
    for (let file = from.file; files[file]; file += step) {
      if (surface.isFolded(file)) continue;
      const parts = files[file]?.parts ?? [];
      const isStart = file === from.file;
      for (
        let part = isStart ? Math.max(from.part, step === 1 ? 0 : -1) : step === 1 ? 0 : parts.length - 1;
        parts[part];
        part += step
      ) {
        if (parts[part]?.hunks === 0) continue;
        if (!(await reach(surface, file, part))) return false;
        const after = isStart && part === from.part ? from.row : step === 1 ? -1 : Number.POSITIVE_INFINITY;
        const row = hunkRow(surface, file, part, step, after);
        if (row === -1) continue;
        surface.pin({ file, part, row });
        return true;
      }
    }
    return false;
  };

  return {
    toFile: async (path) => {
      const file = indexOf(path);
      if (file === -1) return false;
      show(file);
      surface.pin({ file, part: -1, row: 0 });
      return true;
    },
    toLine: async (path, side, number) => {
      const file = indexOf(path);
      if (file === -1) return false;
      show(file);
      const found = await findLine(file, side, number);
      const view = found ? surface.view(file, found[0]) : null;
      if (!found || !view) return false;
      surface.pin({ file, part: found[0], row: rowOf(view.rows, found[1]) });
      return true;
    },
    toFileLine,
    stepFile: async (step) => {
      const { file, part, row } = surface.pinned ?? surface.placeAt(surface.top);
      const isInside = part !== -1 || row > 0 || surface.top > surface.topOf({ file, part: -1, row: 0 });
      const next = step === 1 ? file + 1 : isInside ? file : file - 1;
      if (!files[next]) return false;
      surface.pin({ file: next, part: -1, row: 0 });
      return true;
    },
    stepHunk,
    reveal: (path, side, number) => {
      const file = indexOf(path);
      const place = file === -1 || surface.isFolded(file) ? null : placeOf(surface, file, side, number);
      if (place) surface.reveal(place);
      return place !== null;
    },
    sight: () => sightOf(surface),
    textOf: (range) => textOf(surface, url, indexOf(range.path), range),
  };
}

/** Where a line is, if its part is there. */
function placeOf(surface: Surface, file: number, side: Side, number: number): Place | null {
  const parts = surface.files[file]?.parts ?? [];
  for (let part = parts.length - 1; part >= 0; part--) {
    if ((parts[part]?.[side === "old" ? "oldLine" : "newLine"] ?? 0) > number) continue;
    const view = surface.view(file, part);
    const line = view ? lineOf(view.lines, side, number) : -1;
    if (view && line !== -1) return { file, part, row: rowOf(view.rows, line) };
  }
  return null;
}

function hunkRow(surface: Surface, file: number, part: number, step: 1 | -1, after: number): number {
  const view = surface.view(file, part);
  if (!view) return -1;
  const { rows, lines } = view;
  const start = step === 1 ? after + 1 : Math.min(after, rows.count) - 1;
  for (let row = start; row >= 0 && row < rows.count; row += step) {
    if (lines.kinds[rows.left[row] ?? -1] === HUNK) return row;
  }
  return -1;
}

/** The side and number of a row, the new side first. */
function numberAt(surface: Surface, { file, part, row }: Place): Sight["line"] {
  const view = part === -1 ? null : surface.view(file, part);
  if (!view) return null;
  for (let at = row; at < view.rows.count; at++) {
    const [left, right] = [view.rows.left[at] ?? -1, view.rows.right[at] ?? -1];
    const fresh = view.lines.new[right] || view.lines.new[left];
    if (fresh) return { side: "new", number: fresh };
    const old = view.lines.old[left];
    if (old) return { side: "old", number: old };
  }
  return null;
}

export function sightOf(surface: Surface): Sight {
  if (surface.files.length === 0) return { path: null, line: null, paths: [] };
  const first = surface.pinned ?? surface.placeAt(surface.top + HEAD);
  const last = surface.placeAt(surface.top + surface.window - 1);
  const from = surface.placeAt(surface.top).file;
  const paths = surface.files.slice(from, last.file + 1).map(({ path }) => path);
  return { path: surface.files[first.file]?.path ?? null, line: numberAt(surface, first), paths };
}

/** Reads what is not there without moving the window. */
async function textOf(surface: Surface, url: string, file: number, range: LineRange): Promise<string | null> {
  const of = surface.files[file];
  if (!of) return null;
  const found = new Map<number, string>();
  for (const [at, start] of of.parts.entries()) {
    const next = of.parts[at + 1];
    const [from, to] = range.side === "old" ? [start.oldLine, next?.oldLine] : [start.newLine, next?.newLine];
    if (from > range.to || (to !== undefined && to < range.from)) continue;
    const known = surface.source.get(of, at);
    const text =
      known.kind === "text"
        ? known
        : await fetchPart(addressOf(url, of.place, at, start.sha256), start.sha256);
    if (text.kind !== "text") return null;
    const lines = parsePart(text.text, start);
    for (let number = range.from; number <= range.to; number++) {
      const line = lineOf(lines, range.side, number);
      if (line !== -1) found.set(number, lineText(lines, line));
    }
  }
  const texts = Array.from({ length: range.to - range.from + 1 }, (_, at) => found.get(range.from + at));
  return texts.every((text) => text !== undefined) ? texts.join("\n") : null;
}
