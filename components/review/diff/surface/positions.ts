// Where files and their parts are in the whole list, from top to bottom. Pure but for its own memory: a file whose height
// changes costs the logarithm of how many there are, so that no key press goes through all of them.

/** The bar with a file's name. */
export const HEAD = 41;
export const GAP = 12;

export interface Stacked {
  /** Heights of its parts, or none while it is folded. */
  readonly parts: readonly number[];
  /** Head and what stands below it before the first line. */
  readonly head: number;
}

/** The last entry that is not below a distance; 0 where all are. The list holds one entry more than there are things. */
export function indexAt(tops: Float64Array, distance: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 1);
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle] ?? 0) <= distance) low = middle;
    else high = middle;
  }
  return low;
}

const NO_PARTS = new Float64Array(1);

export class Positions {
  readonly #count: number;
  /** With the gap below each. */
  readonly #heights: Float64Array;
  /** Fenwick's tree of the heights, from 1. */
  readonly #sums: Float64Array;
  /** Tops of a file's parts below its own top; one more than there are parts. */
  readonly #parts: Float64Array[];
  readonly #highest: number;

  constructor(files: readonly Stacked[]) {
    this.#count = files.length;
    this.#heights = new Float64Array(files.length);
    this.#sums = new Float64Array(files.length + 1);
    this.#parts = files.map(() => NO_PARTS);
    this.#highest = 2 ** Math.floor(Math.log2(Math.max(1, files.length)));
    for (const [file, stacked] of files.entries()) this.set(file, stacked);
  }

  set(file: number, { head, parts }: Stacked): void {
    const tops = new Float64Array(parts.length + 1);
    tops[0] = head;
    for (const [part, height] of parts.entries()) tops[part + 1] = (tops[part] ?? 0) + height;
    this.#parts[file] = tops;
    const height = (tops[parts.length] ?? 0) + GAP;
    const more = height - (this.#heights[file] ?? 0);
    this.#heights[file] = height;
    for (let at = file + 1; at <= this.#count; at += at & -at) this.#sums[at] = (this.#sums[at] ?? 0) + more;
  }

  get height(): number {
    return this.top(this.#count);
  }

  /** Of the file after the last it is the height of all. */
  top(file: number): number {
    let sum = GAP;
    let at = 0;
    for (let step = this.#highest; step > 0; step >>= 1) {
      if (at + step > file || at + step > this.#count) continue;
      at += step;
      sum += this.#sums[at] ?? 0;
    }
    return sum;
  }

  /** Without the gap below it. */
  bottom(file: number): number {
    return this.top(file) + (this.#heights[file] ?? 0) - GAP;
  }

  /** Top of a part in the whole list; of the part after the last it is where the last ends. */
  partTop(file: number, part: number): number {
    return this.top(file) + (this.#parts[file]?.[part] ?? 0);
  }

  partCount(file: number): number {
    return (this.#parts[file] ?? NO_PARTS).length - 1;
  }

  fileAt(distance: number): number {
    let sum = GAP;
    let at = 0;
    for (let step = this.#highest; step > 0; step >>= 1) {
      if (at + step > this.#count) continue;
      const next = sum + (this.#sums[at + step] ?? 0);
      if (next > distance) continue;
      at += step;
      sum = next;
    }
    return Math.max(0, Math.min(at, this.#count - 1));
  }

  partAt(file: number, distance: number): number {
    return indexAt(this.#parts[file] ?? NO_PARTS, distance - this.top(file));
  }
}

/** Browsers give up on boxes of about 17 and 33 million pixels; longer lists are scrolled at a scale. */
export const MOST_PIXELS = 12_000_000;

/** Pixels of the list for one of the scroll bar. */
export function scaleOf(height: number, window: number): number {
  if (height <= MOST_PIXELS || MOST_PIXELS <= window) return 1;
  return (height - window) / (MOST_PIXELS - window);
}
