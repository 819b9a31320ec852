// New packages whose names are like those of others, and packages that now come from another registry than before.
import type { DependencyNote } from "#lib/dependencies/schema.ts";
import { cut } from "../tests/sightings.ts";
import { KNOWN_NAMES } from "./known-names.ts";
import type { Ecosystem, Lockfile } from "./model.ts";
import { askedIn } from "./npm-locks.ts";
import { type Likeness, resemblances } from "./resemblance.ts";
import { writtenName } from "./written-name.ts";

export interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

const MOST_TOLD = 50;

/** Names of these begin with a place that their makers own. */
const COMPARED: readonly Ecosystem[] = ["npm", "pypi", "cargo", "rubygems", "nuget"];

const HOW: Readonly<Record<Likeness, string>> = {
  reads_alike: "it reads the same",
  one_letter: "one letter differs",
  other_order: "its words are in another order",
};

interface Names {
  readonly path: string;
  readonly known: string[];
  readonly added: string[];
}

/** By ecosystem, all that the repository's changed files name, before and after. */
function namesOf(
  locks: ReadonlyMap<string, Sides<Lockfile | null>>,
  manifests: ReadonlyMap<string, Sides<unknown>>,
): Map<Ecosystem, Names> {
  const found = new Map<Ecosystem, Names>();
  const add = (ecosystem: Ecosystem, path: string, before: readonly string[], after: readonly string[]) => {
    const names = found.get(ecosystem) ?? { path, known: [], added: [] };
    found.set(ecosystem, names);
    for (const name of before) names.known.push(writtenName(ecosystem, name));
    for (const name of after) names.added.push(writtenName(ecosystem, name));
  };
  const inLock = (lock: Lockfile | null) => (lock?.packages ?? []).map(({ name }) => name);
  for (const [path, { before, after }] of locks)
    add((after ?? before)?.ecosystem ?? "npm", path, inLock(before), inLock(after));
  for (const [path, { before, after }] of manifests)
    add("npm", path, [...askedIn(before).keys()], [...askedIn(after).keys()]);
  return found;
}

/** By file, how many there are that are not told one by one. */
function untold(notes: readonly DependencyNote[]): DependencyNote[] {
  const counts = new Map<string, number>();
  for (const { path } of notes) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].map(([path, count]) => ({
    ...{ rule: "name_alike", path, name: null, before: null },
    after: count === 1 ? "1 more new package" : `${count} more new packages`,
  }));
}

export function alikeNotes(
  locks: ReadonlyMap<string, Sides<Lockfile | null>>,
  manifests: ReadonlyMap<string, Sides<unknown>>,
): DependencyNote[] {
  const each = [...namesOf(locks, manifests)]
    .filter(([ecosystem]) => COMPARED.includes(ecosystem))
    .map(([ecosystem, { path, known, added }]) => {
      // Those that everybody knows come first: a long lockfile leaves them in.
      const others = [...new Set([...(KNOWN_NAMES[ecosystem] ?? []), ...known])];
      return { path, ...resemblances([...new Set(added)], others) };
    });
  const alike = each.flatMap(({ path, alike: found }) =>
    found.map(
      ({ name, known: other, likeness }): DependencyNote => ({
        ...{ rule: "name_alike", path, name: cut(name, 300), before: other && cut(other, 300) },
        after: other === null ? "it holds letters that names of packages are not made of" : HOW[likeness],
      }),
    ),
  );
  const left = each.flatMap(({ path, uncompared }): DependencyNote[] => {
    const several = uncompared === 1 ? "1 name was" : `${uncompared} names were`;
    const note = { rule: "names_not_compared", path, name: null, before: null } as const;
    return uncompared === 0 ? [] : [{ ...note, after: `${several} not compared` }];
  });
  return [...alike.slice(0, MOST_TOLD), ...untold(alike.slice(MOST_TOLD)), ...left];
}

const scopeOf = (name: string): string | null => /^(@[^/]+)\//.exec(name)?.[1] ?? null;

/** Where a package, or all packages of its scope, came from before, where it is another registry now. */
export function movedNotes(
  path: string,
  before: Lockfile | null,
  after: Lockfile,
  originOf: (source: string) => string,
): DependencyNote[] {
  const origins = new Map<string, Set<string>>();
  for (const { name, source } of before?.packages ?? []) {
    if (source === null) continue;
    for (const key of [name, scopeOf(name)]) {
      if (key !== null) origins.set(key, (origins.get(key) ?? new Set()).add(originOf(source)));
    }
  }
  const known = new Set([...origins.values()].flatMap((each) => [...each]));
  const notes = new Map<string, DependencyNote>();
  for (const { name, source } of after.packages) {
    const were = origins.get(name) ?? origins.get(scopeOf(name) ?? "");
    const origin = source === null ? null : originOf(source);
    // Of a place that the base takes nothing from it is said already.
    if (origin === null || were === undefined || were.has(origin) || !known.has(origin)) continue;
    notes.set(name, {
      ...{ rule: "other_registry", path, name: cut(name, 300) },
      ...{ before: cut([...were].sort().join(", "), 300), after: cut(origin, 300) },
    });
  }
  return [...notes.values()].slice(0, MOST_TOLD);
}
