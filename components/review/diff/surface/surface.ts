// The list of all files as a surface that a window is moved over: what is in it, where it is, and what stays in place when
// heights turn out to be others than reckoned. Knows no framework; view.tsx draws what `frame` says. What a key press
// must show is made at once; what can wait (`settle`) is made bit by bit while nothing else is to be done.
import type { ReviewFile } from "../../diff-rules.ts";
import type { Layout } from "../lines/rows.ts";
import { Coloured } from "./coloured.ts";
import type { Frame, Place, Section, ShownPart } from "./frame.ts";
import { type PartView, ROW, type ViewOptions } from "./part-view.ts";
import { HEAD, Positions, type Stacked, scaleOf } from "./positions.ts";
import type { PartKey, PartSource } from "./source.ts";
import { type NotedRows, Views } from "./views.ts";

/** Drawn beyond the window: little where it was taken somewhere else, so that it is there at once; more bit by bit. */
const OVERSCAN = 360;
const AT_ONCE = 20;
const WIDER = 160;
const SLACK = 120;
/** Of a page that is turned so much is still there: two rows. */
const KEPT = 2 * ROW;
/** A section is never taller than this around the window. */
const REACH = 2000;
const ROUNDS = 4;
/** Rows that get their colours in one go: a few milliseconds. */
const COLOURED_AT_ONCE = 12;
const EMPTY: Frame = { height: 0, base: 0, sections: [] };

export interface SurfaceOptions extends ViewOptions {
  readonly layout: Layout;
  readonly folded: ReadonlySet<string>;
}

export class Surface {
  readonly files: readonly ReviewFile[];
  readonly source: PartSource;
  #options: SurfaceOptions;
  readonly #views: Views;
  readonly #coloured = new Coloured();
  readonly #heads = new Map<number, number>();
  #positions: Positions;
  #frame: Frame = EMPTY;
  #margin = AT_ONCE;
  #drawn: readonly [number, number] = [0, 0];
  #isAhead = false;
  top = 0;
  window = 900;
  readonly #listeners = new Set<() => void>();

  constructor(files: readonly ReviewFile[], source: PartSource, options: SurfaceOptions) {
    this.files = files;
    this.source = source;
    this.#options = options;
    this.#views = new Views(files, source, options);
    this.#positions = this.#stackAll();
    this.draw();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    // Nothing is fetched before there is a browser that shows it.
    if (this.#listeners.size === 1 && this.#isMissing()) this.#want();
    return () => this.#listeners.delete(listener);
  };

  frame = (): Frame => this.#frame;

  get height(): number {
    return this.#positions.height;
  }

  get scale(): number {
    return scaleOf(this.height, this.window);
  }

  /** Of the box that the scroll bar measures. */
  get shownHeight(): number {
    return this.height / this.scale === 0
      ? 0
      : Math.ceil(this.window + (this.height - this.window) / this.scale);
  }

  /** Where the frame's coordinates begin in that box. */
  get layerTop(): number {
    return this.scale === 1 ? 0 : this.#frame.base - this.top + this.top / this.scale;
  }

  get options(): SurfaceOptions {
    return this.#options;
  }

  /** What is at the top of the window stays there. */
  setOptions(options: SurfaceOptions): void {
    const { layout, hideWhitespace, columns, folded } = this.#options;
    const isSame =
      layout === options.layout && hideWhitespace === options.hideWhitespace && columns === options.columns;
    if (isSame && folded === options.folded) return;
    this.keepingPlace(() => {
      this.#options = options;
      if (!isSame) this.#views.reset(options);
      this.#positions = this.#stackAll();
    });
  }

  setNotes(noted: NotedRows): void {
    this.keepingPlace(() => this.#views.note(noted));
  }

  openLine(file: number, part: number, line: number): void {
    this.keepingPlace(() => this.#views.open(file, part, line));
  }

  /** Null while its text is not there. */
  view(file: number, part: number): PartView | null {
    return this.#views.get(file, part);
  }

  isFolded(file: number): boolean {
    return this.#options.folded.has(this.files[file]?.path ?? "");
  }

  #stacked = (file: number): Stacked => ({
    head: this.#heads.get(file) ?? HEAD,
    parts: this.isFolded(file) ? [] : this.#views.heightsOf(file),
  });

  #stackAll = (): Positions => new Positions(this.files.map((_, file) => this.#stacked(file)));

  /** What is at a distance from the top of everything. */
  placeAt(distance: number): Place {
    const positions = this.#positions;
    const file = positions.fileAt(distance);
    if (positions.partCount(file) < 1 || distance < positions.partTop(file, 0))
      return { file, part: -1, row: 0 };
    const part = positions.partAt(file, distance);
    const row = this.view(file, part)?.rowAt(distance - positions.partTop(file, part)) ?? 0;
    return { file, part, row };
  }

  topOf({ file, part, row }: Place): number {
    if (part === -1) return this.#positions.top(file);
    return this.#positions.partTop(file, part) + (this.view(file, part)?.tops[row] ?? 0);
  }

  #pinned: { readonly place: Place; readonly below: number } | null = null;

  /** Where the reader was taken; null once they scrolled on. */
  get pinned(): Place | null {
    return this.#pinned?.place ?? null;
  }

  /** Takes a place to the top of the window, below a head that sticks there, and holds it while heights are put right. */
  pin(place: Place): void {
    this.#pinned = { place, below: place.part === -1 ? 0 : HEAD + 8 };
    this.keepingPlace(() => undefined);
  }

  /** Moves no further than it must for a row to stand in the window, below the head that sticks there. */
  reveal(place: Place): void {
    const top = this.topOf(place);
    const height = this.view(place.file, place.part)?.heights[place.row] ?? 0;
    const [first, last] = [this.top + HEAD, this.top + this.window];
    if (top >= first && top + height <= last) return;
    this.#pinned = null;
    this.top = this.#within(top < first ? top - HEAD : top + height - this.window);
    this.draw(true);
  }

  /** Somebody scrolled. */
  moveTo(top: number): void {
    this.#pinned = null;
    this.top = this.#within(top);
    this.draw();
  }

  /** A window further, or back: some of what stood there stays, also below a head that sticks. */
  turn(pages: 1 | -1): void {
    this.moveTo(this.top + pages * Math.max(ROW, this.window - HEAD - KEPT));
  }

  setWindow(window: number): void {
    this.window = window;
    this.draw();
  }

  #within = (top: number): number => Math.max(0, Math.min(top, this.height - this.window));

  keepingPlace(change: () => void): void {
    this.#keep(change);
    this.draw(true);
  }

  #keep(change: () => void): void {
    const under = this.top + HEAD;
    const place = this.#pinned?.place ?? this.placeAt(under);
    const below = this.#pinned?.below ?? this.topOf(place) - this.top;
    const isAtStart = this.top <= 0 && !this.#pinned;
    change();
    for (const file of this.#views.takeChanged()) this.#positions.set(file, this.#stacked(file));
    this.top = isAtStart ? 0 : this.#within(this.topOf(this.#kept(place)) - below);
  }

  /** Rows may be fewer than before. */
  #kept({ file, part, row }: Place): Place {
    if (part === -1 || this.isFolded(file)) return { file, part: -1, row: 0 };
    return { file, part, row: Math.min(row, Math.max(0, (this.view(file, part)?.rows.count ?? 1) - 1)) };
  }

  /** Makes the frame anew where the window has left what is drawn, or where something changed. */
  draw(isChanged = false): void {
    const slack = this.#margin === AT_ONCE ? 0 : SLACK;
    const [from, to] = [this.top - slack, this.top + this.window + slack];
    if (from >= this.#drawn[0] && to <= this.#drawn[1] && !isChanged) return;
    const isFar = this.top > this.#drawn[1] || this.top + this.window < this.#drawn[0];
    if (isFar) this.#margin = AT_ONCE;
    else if (!isChanged) this.#margin = OVERSCAN;
    this.#build();
    this.#isAhead = false;
    if (this.#listeners.size > 0 && this.#isMissing()) this.#want();
    this.#show();
  }

  #show(): void {
    this.#frame = this.#makeFrame(this.#drawn[0], this.#drawn[1]);
    for (const listener of this.#listeners) listener();
  }

  /** Lays out every part around the window whose text is there; each may move what is below it, so more than once. */
  #build(): void {
    for (let round = 0; round < ROUNDS; round++) {
      this.#drawn = [this.top - this.#margin, this.top + this.window + this.#margin];
      const missing = [...this.#partsIn(...this.#drawn)].filter(
        ({ file, part }) => !this.#views.has(file, part) && this.view(file, part) !== null,
      );
      // Also what was laid out on the way to somewhere: its height is not what was reckoned with.
      if (missing.length === 0 && !this.#views.hasChanged) break;
      this.#keep(() => undefined);
    }
    this.#views.forget((key) => this.#isDrawn(key));
    this.#coloured.keep(this.#rowsIn(...this.#drawn));
  }

  #isDrawn = (key: PartKey): boolean =>
    [...this.#partsIn(...this.#drawn)].some(({ file, part }) => this.#views.key(file, part) === key);

  #isMissing = (): boolean =>
    [...this.#partsIn(this.top, this.top + this.window)].some(
      ({ file, part }) => this.view(file, part) === null,
    );

  /** Parts in the window first, then a window further down, then one further up. */
  #want(): void {
    this.#isAhead = true;
    const spans = [
      [this.top, this.top + this.window],
      [this.top + this.window, this.top + 3 * this.window],
      [this.top - this.window, this.top],
    ] as const;
    const wanted = new Map<PartKey, readonly [ReviewFile, number]>();
    const add = (file: number, part: number) => {
      const of = this.files[file];
      if (of?.parts[part]) wanted.set(this.#views.key(file, part), [of, part]);
    };
    for (const [from, to] of spans) for (const { file, part } of this.#partsIn(from, to)) add(file, part);
    for (const file of this.#beside()) add(file, 0);
    this.source.want([...wanted.values()]);
  }

  /** What the next key would show. */
  #beside(): number[] {
    const { file } = this.placeAt(this.top + HEAD);
    return [file + 1, file - 1].filter((next) => this.files[next]?.parts[0] && !this.isFolded(next));
  }

  *#partsIn(from: number, to: number): Generator<{ readonly file: number; readonly part: number }> {
    const positions = this.#positions;
    for (let file = positions.fileAt(from); file < this.files.length; file++) {
      if (positions.top(file) > to) return;
      for (let part = positions.partAt(file, from); part < positions.partCount(file); part++) {
        if (positions.partTop(file, part) > to) break;
        if (positions.partTop(file, part + 1) >= from) yield { file, part };
      }
    }
  }

  #rowsIn(from: number, to: number): (Pick<ShownPart, "view" | "from" | "to"> & { readonly part: number })[] {
    return [...this.#partsIn(from, to)].map(({ file, part }) => this.#rowsOf(file, part, from, to));
  }

  #rowsOf(file: number, part: number, from: number, to: number) {
    const view = this.view(file, part);
    if (!view) return { part, view, from: 0, to: 0 };
    const start = this.#positions.partTop(file, part);
    const last = Math.min(view.rows.count, view.rowAt(Math.max(0, to - start)) + 1);
    return { part, view, from: view.rowAt(Math.max(0, from - start)), to: last };
  }

  #makeFrame(from: number, to: number): Frame {
    const sections: Section[] = [];
    const base = this.scale === 1 ? 0 : Math.floor(this.top);
    const shown = Map.groupBy(this.#partsIn(from, to), ({ file }) => file);
    for (let file = this.#positions.fileAt(from); file < this.files.length; file++) {
      const start = this.#positions.top(file);
      if (start > to) break;
      // What stands below its head is one piece, however high: it is there while any of it is.
      const isHeadNear = this.#positions.partTop(file, 0) > from;
      const top = isHeadNear ? start : Math.max(start, from - REACH);
      const bottom = Math.min(this.#positions.bottom(file), to + REACH);
      const parts = (shown.get(file) ?? []).map(({ part }) => this.#shownPart(file, part, top, from, to));
      const isFolded = this.isFolded(file);
      sections.push({ file, top: top - base, height: bottom - top, isFolded, isBegun: top === start, parts });
    }
    return { height: this.height, base, sections };
  }

  #shownPart(file: number, part: number, origin: number, from: number, to: number): ShownPart {
    const start = this.#positions.partTop(file, part);
    const height = this.#positions.partTop(file, part + 1) - start;
    const rows = this.#rowsOf(file, part, from, to);
    const { view } = rows;
    const text = this.source.get(this.files[file] as ReviewFile, part);
    const top = start + (view?.tops[rows.from] ?? 0) - origin;
    return { ...rows, top, height, text, coloured: view ? this.#coloured.of(view) : [0, 0] };
  }

  /** Asks for the text of what comes next, once for each place; false where that is done. */
  lookAhead(): boolean {
    if (this.#isAhead) return false;
    this.#want();
    return true;
  }

  /** One bit of what can wait, the nearest first: colours, what comes next, rows around the window. False: all is done. */
  settle(): boolean {
    if (this.#colour(this.top, this.top + this.window)) return true;
    if (this.lookAhead()) return true;
    if (this.#margin < OVERSCAN) {
      this.#margin = Math.min(OVERSCAN, this.#margin + WIDER);
      this.#build();
      this.#show();
      return true;
    }
    if (this.#colour(...this.#drawn)) return true;
    const next = this.#beside().find((file) => !this.#views.has(file, 0) && this.view(file, 0));
    if (next === undefined) return false;
    this.keepingPlace(() => undefined);
    return true;
  }

  #colour(from: number, to: number): boolean {
    const isMore = this.#coloured.more(this.#rowsIn(from, to), COLOURED_AT_ONCE);
    if (isMore) this.#show();
    return isMore;
  }

  /** A part's text came, or did not; `""` for any. */
  arrived(key: PartKey): void {
    if (key === "" || this.#isDrawn(key)) this.draw(true);
  }

  /** Takes measured heights; true where something moved. */
  measured(
    rows: Iterable<readonly [view: PartView, row: number, height: number]>,
    heads: ReadonlyMap<number, number>,
  ): boolean {
    const moved = new Set<PartView>();
    for (const [view, row, height] of rows) if (view.measure(row, height)) moved.add(view);
    const taller = [...heads].filter(
      ([file, height]) => Math.abs((this.#heads.get(file) ?? HEAD) - height) >= 0.5,
    );
    if (moved.size === 0 && taller.length === 0) return false;
    this.keepingPlace(() => {
      this.#views.restack(moved);
      for (const [file, height] of taller) {
        this.#heads.set(file, height);
        this.#positions.set(file, this.#stacked(file));
      }
    });
    return true;
  }
}
