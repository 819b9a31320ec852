// Lines that were replaced by lines which differ in white space alone. Pure.

const bare = (text: string): string => text.replace(/\s+/g, "");

/**
 * Of a block of removed lines and the added ones that follow it: removed → added, where they are equal without white
 * space; in order, so that no two pairs cross.
 */
export function equalButForSpace(removed: readonly string[], added: readonly string[]): Map<number, number> {
  const pairs = new Map<number, number>();
  if (removed.length === 0 || added.length === 0) return pairs;
  const wanted = new Map<string, number[]>();
  for (const [at, text] of added.entries()) {
    const key = bare(text);
    const places = wanted.get(key);
    if (places) places.push(at);
    else wanted.set(key, [at]);
  }
  const used = new Map<string, number>();
  let last = -1;
  for (const [at, text] of removed.entries()) {
    const key = bare(text);
    const places = wanted.get(key);
    if (!places) continue;
    let next = used.get(key) ?? 0;
    while (next < places.length && (places[next] ?? 0) <= last) next++;
    used.set(key, next + 1);
    const match = places[next];
    if (match === undefined) continue;
    pairs.set(at, match);
    last = match;
  }
  return pairs;
}
