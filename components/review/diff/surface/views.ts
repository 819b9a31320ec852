// The parts that are laid out: each when it is first looked at, only so many at a time; how high the others are is
// remembered, or reckoned from their lines.
import type { ReviewFile } from "../../diff-rules.ts";
import { parsePart } from "../lines/part.ts";
import { PartView, ROW, type ViewOptions } from "./part-view.ts";
import { type PartKey, type PartSource, partKey } from "./source.ts";

/** Rows of a part that have notes below them. */
export type NotedRows = (file: number, view: PartView) => ReadonlySet<number>;

const MOST_VIEWS = 80;
const NONE: ReadonlySet<number> = new Set();

export class Views {
  readonly #files: readonly ReviewFile[];
  readonly #source: PartSource;
  #options: ViewOptions;
  readonly #views = new Map<PartKey, { readonly file: number; readonly view: PartView }>();
  readonly #known = new Map<PartKey, number>();
  readonly #opened = new Map<PartKey, ReadonlySet<number>>();
  #noted: NotedRows = () => NONE;
  #changed = new Set<number>();

  constructor(files: readonly ReviewFile[], source: PartSource, options: ViewOptions) {
    this.#files = files;
    this.#source = source;
    this.#options = options;
  }

  key = (file: number, part: number): PartKey => partKey(this.#files[file]?.place ?? -1, part);

  has = (file: number, part: number): boolean => this.#views.has(this.key(file, part));

  /** Null while its text is not there. */
  get(file: number, part: number): PartView | null {
    const key = this.key(file, part);
    const known = this.#views.get(key);
    if (known) return known.view;
    const of = this.#files[file];
    const start = of?.parts[part];
    if (!of || !start) return null;
    const text = this.#source.get(of, part);
    if (text.kind !== "text") return null;
    const lines = parsePart(text.text, start);
    const view = new PartView(lines, this.#options, this.#opened.get(key) ?? NONE, of.path);
    const noted = this.#noted(file, view);
    if (noted.size > 0) view.note(noted);
    this.#views.set(key, { file, view });
    this.#changed.add(file);
    return view;
  }

  heightsOf(file: number): readonly number[] {
    const { layout } = this.#options;
    return (this.#files[file]?.parts ?? []).map(({ lines, pairs }, part) => {
      const key = this.key(file, part);
      const height = this.#views.get(key)?.view.height ?? this.#known.get(key);
      return height ?? (layout === "split" ? pairs : lines) * ROW;
    });
  }

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** Files whose heights are others since this was asked last. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  restack(moved: ReadonlySet<PartView>): void {
    for (const { file, view } of this.#views.values()) {
      if (!moved.has(view)) continue;
      view.restack();
      this.#changed.add(file);
    }
  }

  open(file: number, part: number, line: number): void {
    const key = this.key(file, part);
    // What it replaced is opened with it: the two stand beside each other.
    const partner = this.get(file, part)?.rows.partner[line] ?? -1;
    const lines = partner === -1 ? [line] : [line, partner];
    this.#opened.set(key, new Set([...(this.#opened.get(key) ?? []), ...lines]));
    this.#views.delete(key);
    this.#changed.add(file);
  }

  note(noted: NotedRows): void {
    this.#noted = noted;
    for (const { file, view } of this.#views.values()) {
      if (view.note(noted(file, view))) this.#changed.add(file);
    }
  }

  /** All are laid out anew. */
  reset(options: ViewOptions): void {
    this.#options = options;
    this.#views.clear();
    this.#known.clear();
  }

  forget(isNear: (key: PartKey) => boolean): void {
    if (this.#views.size <= MOST_VIEWS) return;
    for (const [key, { view }] of this.#views) {
      if (this.#views.size <= MOST_VIEWS / 2) break;
      if (isNear(key)) continue;
      this.#known.set(key, view.height);
      this.#views.delete(key);
    }
  }
}
