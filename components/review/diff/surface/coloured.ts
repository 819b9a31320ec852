// Which of the rows that are drawn have their colours: of each part one span of rows, which grows a few at a time while
// nothing else is to be done. A row is drawn plain first, because that takes a fourth of the time.
import type { PartView } from "./part-view.ts";

type Span = readonly [from: number, to: number];

interface Drawn {
  readonly view: PartView | null;
  readonly from: number;
  readonly to: number;
}

const NONE: Span = [0, 0];

export class Coloured {
  #spans = new Map<PartView, Span>();

  of(view: PartView): Span {
    return this.#spans.get(view) ?? NONE;
  }

  /** What is not drawn any more is forgotten: it is plain again when it comes back. */
  keep(drawn: readonly Drawn[]): void {
    const spans = new Map<PartView, Span>();
    for (const { view, from, to } of drawn) {
      const [first, last] = view ? this.of(view) : NONE;
      const span = [Math.max(first, from), Math.min(last, to)] as const;
      if (view && span[0] < span[1]) spans.set(view, span);
    }
    this.#spans = spans;
  }

  /** Some rows more of what is given; false where all have their colours. */
  more(drawn: readonly Drawn[], rows: number): boolean {
    for (const { view, from, to } of drawn) {
      if (!view) continue;
      const [first, last] = this.#touching(view, from, to);
      if (first <= from && last >= to) continue;
      const next: Span =
        last < to ? [first, Math.min(to, last + rows)] : [Math.max(from, first - rows), last];
      this.#spans.set(view, next);
      return true;
    }
    return false;
  }

  /** One span of a part at a time: where it does not meet what is asked for, it begins there anew. */
  #touching(view: PartView, from: number, to: number): Span {
    const [first, last] = this.of(view);
    return last < from || first > to || first === last ? [from, from] : [first, last];
  }
}
