// Places in a text, by UTF-16 offset, and what a text reads like once they are masked. Pure.

/** A place that holds a secret. `end` is the offset after it. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** What kind it is, e.g. `github`. */
  readonly rule: string;
}

/** Said of what was not looked through: too long, or it took too long. */
export const NOT_SEARCHED = "not searched";

export const labelOf = (rule: string): string =>
  rule === NOT_SEARCHED ? "[not shown: too long to be searched for secrets]" : `[secret: ${rule}]`;

/** In order, without overlap; what overlaps becomes one place that names its longest part. */
export function merged(places: readonly Place[]): Place[] {
  const inOrder = places.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
  const result: (Place & { longest: number })[] = [];
  for (const place of inOrder) {
    const length = place.end - place.start;
    const last = result.at(-1);
    if (!last || place.start >= last.end) {
      result.push({ ...place, longest: length });
      continue;
    }
    const isLonger = length > last.longest;
    result[result.length - 1] = {
      start: last.start,
      end: Math.max(last.end, place.end),
      rule: isLonger ? place.rule : last.rule,
      longest: Math.max(length, last.longest),
    };
  }
  return result.map(({ start, end, rule }) => ({ start, end, rule }));
}

/** The part of each merged place that lies between two offsets, counted from the first. */
export function within(places: readonly Place[], from: number, to: number): Place[] {
  const result: Place[] = [];
  for (let index = firstAfter(places, from); index < places.length; index++) {
    const place = places[index];
    if (!place || place.start >= to) break;
    const { start, end, rule } = place;
    result.push({ start: Math.max(start, from) - from, end: Math.min(end, to) - from, rule });
  }
  return result;
}

/** Index of the first merged place that ends after an offset. */
function firstAfter(places: readonly Place[], offset: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The text with each merged place replaced by its label. Everything else stays as it is. */
export function masked(text: string, places: readonly Place[], label = labelOf): string {
  let from = 0;
  let result = "";
  for (const { start, end, rule } of places) {
    result += text.slice(from, start) + label(rule);
    from = end;
  }
  return result + text.slice(from);
}

/** Between texts that have nothing to do with each other: no secret goes through it. */
export const BORDER = "\n\u0000\n";

export interface Joined {
  readonly text: string;
  /** Where each piece begins in the text, group by group. */
  readonly offsets: readonly (readonly number[])[];
}

/** One text of many. The pieces of a group follow each other directly: a secret may be cut in two there. */
export function joined(groups: readonly (readonly string[])[]): Joined {
  const parts: string[] = [];
  let at = 0;
  const offsets = groups.map((pieces) => {
    const own = pieces.map((piece) => {
      const offset = at;
      parts.push(piece);
      at += piece.length;
      return offset;
    });
    parts.push(BORDER);
    at += BORDER.length;
    return own;
  });
  return { text: parts.join(""), offsets };
}
