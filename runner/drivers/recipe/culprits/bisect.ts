// Finds the commit that broke something. Index 0 is the newest commit, known to be bad; the history grows older.
// Looks back in powers of two for a good commit, so that searches for several culprits meet on the same trees,
// then halves.

/** `unknown`: the commit cannot be tested. */
export type Verdict = "good" | "bad" | "unknown";

export interface Search {
  /** Commits in the history, the newest included. */
  readonly length: number;
  /** Tests a commit. Asked at most once per index, and never for what `known` knows. */
  probe(index: number): Promise<Verdict>;
  /** What is known already, without work. */
  known(index: number): Verdict | undefined;
}

export type SearchResult =
  /** Bad at `index`, good one commit earlier. `steps` counts probes. */
  | { readonly kind: "found"; readonly index: number; readonly steps: number }
  /** Bad as far back as the history goes. */
  | { readonly kind: "always_bad"; readonly steps: number }
  /** The culprit is among `newest`…`oldest`, which cannot be tested apart; `oldest` null: nothing older could be tested at all. */
  | {
      readonly kind: "untestable";
      readonly newest: number;
      readonly oldest: number | null;
      readonly steps: number;
    }
  /** Good at `good`, bad again at `bad`, which is older: no single commit broke it. */
  | { readonly kind: "back_and_forth"; readonly good: number; readonly bad: number; readonly steps: number };

export async function bisect({ length, probe, known }: Search): Promise<SearchResult> {
  const seen = new Map<number, Verdict>([[0, "bad"]]);
  for (let index = 1; index < length; index++) {
    const verdict = known(index);
    if (verdict !== undefined) seen.set(index, verdict);
  }
  let steps = 0;
  async function look(index: number): Promise<Verdict> {
    const before = seen.get(index);
    if (before !== undefined) return before;
    steps += 1;
    const verdict = await probe(index);
    seen.set(index, verdict);
    return verdict;
  }
  const oldestBad = () => Math.max(...indexes(seen, "bad"));
  const newestGood = () => Math.min(...indexes(seen, "good"));

  if (newestGood() < oldestBad())
    return { kind: "back_and_forth", good: newestGood(), bad: oldestBad(), steps };

  for (let distance = 1; newestGood() === Number.POSITIVE_INFINITY; distance *= 2) {
    const index = Math.min(distance, length - 1);
    if (index > oldestBad()) await look(index);
    if (index === length - 1) break;
  }
  // Old commits may be beyond testing: then look for the oldest one that is not.
  while (newestGood() === Number.POSITIVE_INFINITY && oldestBad() < length - 1) {
    const bad = oldestBad();
    const wall = Math.min(...indexes(seen, "unknown").filter((index) => index > bad), length);
    const middle = bad + Math.ceil((wall - bad) / 2);
    if (middle >= wall) return { kind: "untestable", newest: bad, oldest: null, steps };
    await look(middle);
  }
  if (newestGood() === Number.POSITIVE_INFINITY) return { kind: "always_bad", steps };

  for (;;) {
    const bad = oldestBad();
    const good = newestGood();
    if (good - bad === 1) return { kind: "found", index: bad, steps };
    const next = nearestTo((bad + good) / 2, bad, good, (index) => seen.get(index) !== "unknown");
    if (next === null) return { kind: "untestable", newest: bad, oldest: good - 1, steps };
    await look(next);
  }
}

function indexes(seen: ReadonlyMap<number, Verdict>, wanted: Verdict): number[] {
  return [...seen].filter(([, verdict]) => verdict === wanted).map(([index]) => index);
}

/** The index strictly between the bounds that is nearest to `middle` and usable. */
function nearestTo(
  middle: number,
  from: number,
  to: number,
  isUsable: (index: number) => boolean,
): number | null {
  let best: number | null = null;
  for (let index = from + 1; index < to; index++) {
    if (isUsable(index) && (best === null || Math.abs(index - middle) < Math.abs(best - middle)))
      best = index;
  }
  return best;
}
