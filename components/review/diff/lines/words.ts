// What changed inside two lines that replace each other. Bounded: lines that would take long are compared by what they
// begin and end with. Pure.

export type Range = readonly [from: number, to: number];

export interface WordChange {
  readonly old: readonly Range[];
  readonly new: readonly Range[];
}

const WORD = /[\p{L}\p{N}_]+|\s+|./gsu;
/** Cells of the table of common words: 150 by 150 take a tenth of a millisecond. */
const MOST_CELLS = 22_500;
/** Lines of which more changed are another line: nothing inside them is told apart. */
const MOST_CHANGED = 0.75;
const MOST_CHARACTERS = 2000;

const NOTHING: WordChange = { old: [], new: [] };

const lengthOf = (words: readonly string[]): number => words.reduce((sum, word) => sum + word.length, 0);

/** Which words of either have no partner in a longest common row of words. */
function unmatched(a: readonly string[], b: readonly string[]): readonly [boolean[], boolean[]] {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const below = table[(i + 1) * width + j] ?? 0;
      const beside = table[i * width + j + 1] ?? 0;
      table[i * width + j] =
        a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(below, beside);
    }
  }
  const [left, right] = [a.map(() => true), b.map(() => true)];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      left[i++] = false;
      right[j++] = false;
    } else if ((table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return [left, right];
}

function ranges(words: readonly string[], changed: readonly boolean[], offset: number): Range[] {
  const found: [number, number][] = [];
  let at = offset;
  words.forEach((word, index) => {
    const last = found.at(-1);
    if (changed[index]) {
      if (last && last[1] === at) last[1] = at + word.length;
      else found.push([at, at + word.length]);
    }
    at += word.length;
  });
  return found;
}

/** Ends of what both begin with and of what both end with, in characters; never inside a pair of surrogates. */
function commonEnds(old: string, fresh: string): readonly [number, number] {
  const most = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < most && old.charCodeAt(head) === fresh.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < most - head &&
    old.charCodeAt(old.length - 1 - tail) === fresh.charCodeAt(fresh.length - 1 - tail)
  )
    tail++;
  const isHalf = (code: number) => code >= 0xd800 && code <= 0xdfff;
  if (head > 0 && isHalf(old.charCodeAt(head - 1))) head--;
  if (tail > 0 && isHalf(old.charCodeAt(old.length - tail))) tail--;
  return [head, tail];
}

export function changedWords(old: string, fresh: string): WordChange {
  if (old === fresh) return NOTHING;
  if (old.length > MOST_CHARACTERS || fresh.length > MOST_CHARACTERS) {
    const [head, tail] = commonEnds(old, fresh);
    return { old: [[head, old.length - tail]], new: [[head, fresh.length - tail]] };
  }
  const [a, b] = [old.match(WORD) ?? [], fresh.match(WORD) ?? []];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail++;
  const [innerA, innerB] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const offset = lengthOf(a.slice(0, head));
  const [left, right] =
    innerA.length * innerB.length > MOST_CELLS
      ? [innerA.map(() => true), innerB.map(() => true)]
      : unmatched(innerA, innerB);
  const changed =
    lengthOf(innerA.filter((_, at) => left[at])) + lengthOf(innerB.filter((_, at) => right[at]));
  if (changed > MOST_CHANGED * (old.length + fresh.length)) return NOTHING;
  return { old: ranges(innerA, left, offset), new: ranges(innerB, right, offset) };
}
