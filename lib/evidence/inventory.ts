// Which tests there are on the base and in the patch's own suite, by name. Pure. What is gone is explained where it can be:
// a test of the same name in another file moved; one gone and one new in a file is taken to be renamed.
import type { Behaviour } from "./behaviour.ts";
import { passedIn, SEPARATOR } from "./behaviour.ts";

export interface Pair {
  readonly from: string;
  readonly to: string;
}

export interface Inventory {
  readonly base: number;
  readonly patch: number;
  /** In both, and not newly skipped. */
  readonly same: number;
  readonly moved: readonly Pair[];
  readonly renamed: readonly Pair[];
  /** Ran on the base, is skipped in the patch's own suite. */
  readonly skipped: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export function inventoryOf(base: Behaviour, patch: Behaviour): Inventory {
  const passes = passedIn(patch);
  const gone = [...base.keys()].filter((test) => !patch.has(test) && !passes(test)).toSorted();
  const fresh = [...patch.keys()].filter((test) => !base.has(test)).toSorted();
  const moved = pairs(gone, fresh, withoutFile);
  const left = without(gone, fresh, moved);
  const renamed = pairs(left.gone, left.fresh, fileOf);
  const { gone: removed, fresh: added } = without(left.gone, left.fresh, renamed);
  const both = [...base.keys()].filter((test) => patch.has(test));
  const skipped = both.filter((test) => base.get(test) !== "skipped" && patch.get(test) === "skipped");
  return {
    ...{ base: base.size, patch: patch.size, same: both.length - skipped.length },
    ...{ moved, renamed, skipped: skipped.toSorted(), removed, added },
  };
}

/** Every test of the base is there, under whatever name, and runs. */
export const isWhole = ({ skipped, removed }: Inventory): boolean =>
  skipped.length === 0 && removed.length === 0;

const fileOf = (test: string): string => test.split(SEPARATOR, 1)[0] ?? test;
/** Null for a test that has no file to leave. */
const withoutFile = (test: string): string | null => {
  const at = test.indexOf(SEPARATOR);
  return at < 0 ? null : test.slice(at);
};

/** One of each side alone has the key: they are taken for one. */
function pairs(
  gone: readonly string[],
  fresh: readonly string[],
  key: (test: string) => string | null,
): Pair[] {
  const [from, to] = [byKey(gone, key), byKey(fresh, key)];
  return [...from].flatMap(([shared, [one = "", ...more]]) => {
    const [other, ...others] = to.get(shared) ?? [];
    return other !== undefined && more.length + others.length === 0 ? [{ from: one, to: other }] : [];
  });
}

function byKey(tests: readonly string[], key: (test: string) => string | null): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const test of tests) {
    const shared = key(test);
    if (shared === null) continue;
    const group = groups.get(shared);
    if (group) group.push(test);
    else groups.set(shared, [test]);
  }
  return groups;
}

function without(gone: readonly string[], fresh: readonly string[], found: readonly Pair[]) {
  const [from, to] = [new Set(found.map((pair) => pair.from)), new Set(found.map((pair) => pair.to))];
  return { gone: gone.filter((test) => !from.has(test)), fresh: fresh.filter((test) => !to.has(test)) };
}
