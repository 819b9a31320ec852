// A secret with a colour code or an invisible character inside is no secret to a pattern, yet reads as one on a
// page. So a text is searched twice: as it is, and without what nobody sees.

const ESCAPE = String.fromCharCode(27);
const UNSEEN = new RegExp(
  `${ESCAPE}\\[[0-9;:]*m|[\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Variation_Selector}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u2800\\u3164\\uFFA0]|(?![\\t\\n\\r])\\p{Cc}`,
  "gu",
);

export interface Bare {
  readonly text: string;
  /** Offset in the original of the character that stands at an offset here. */
  original(offset: number): number;
}

/** The text without colour codes and invisible characters; null when it has none. */
export function bareText(raw: string): Bare | null {
  const kept: string[] = [];
  const starts: number[] = []; // where each kept part begins here …
  const origins: number[] = []; // … and in the original
  let from = 0;
  let length = 0;
  for (const match of raw.matchAll(UNSEEN)) {
    if (match.index > from) {
      starts.push(length);
      origins.push(from);
      kept.push(raw.slice(from, match.index));
      length += match.index - from;
    }
    from = match.index + match[0].length;
  }
  if (from === 0) return null;
  starts.push(length);
  origins.push(from);
  kept.push(raw.slice(from));
  return {
    text: kept.join(""),
    original(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return (origins[low] ?? 0) + offset - (starts[low] ?? 0);
    },
  };
}
