// Names made to be taken for others: typed wrong, in letters of another alphabet, with other marks between their words, or
// with the words in another order. Pure; linear in the names and their letters.

/** `reads_alike`: the same but for letters and marks that an eye does not tell apart. */
export type Likeness = "reads_alike" | "one_letter" | "other_order";

export interface Resemblance {
  readonly name: string;
  /** The name it is like; null where it is written in letters that names of packages are not made of. */
  readonly known: string | null;
  readonly likeness: Likeness;
}

/** Longer names, and more of them, are not compared, but for their letters: how many they are is told. */
const LONGEST = 80;
const MOST_ADDED = 2_000;
const MOST_KNOWN = 50_000;
/** Shorter names are all one letter from each other. */
const SHORTEST = 5;

/** Letters of other alphabets by the Latin ones they look like. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    ...{ a: "аαạȧ", b: "ЬƄ", c: "сϲċ", d: "ԁḍ", e: "еėẹ", g: "ɡġ", h: "һհḥ", i: "іıɩịι", j: "јϳ", k: "кκ" },
    ...{ l: "ӏⅼ", m: "мṃ", n: "ոṇη", o: "оοօȯọσ", p: "рρ", q: "ԛ", r: "гṛ", s: "ѕṣ", t: "тτṭ", u: "υսụ" },
    ...{ v: "ѵν", w: "ԝѡω", x: "хχ", y: "уγү", z: "ᴢż" },
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin])),
);

/** What is left of a name for an eye that is in a hurry. */
const skeleton = (name: string): string =>
  [...name.normalize("NFKC").toLowerCase()]
    .map((letter) => LOOKALIKES[letter] ?? letter)
    .join("")
    .normalize("NFKD")
    .replaceAll(/[\p{M}\p{Default_Ignorable_Code_Point}\s_./@-]/gu, "")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replaceAll("0", "o")
    .replaceAll(/[1|]/g, "l");

const wordsOf = (name: string): string[] =>
  name
    .toLowerCase()
    .split(/[-_./@]+/)
    .filter(Boolean);
const inOrder = (name: string): string => wordsOf(name).toSorted().join("-");

/** The name without any one of its letters. Two that share one are a letter apart, or two letters that stand for each other. */
const shortened = (name: string): string[] =>
  Array.from(name, (_, at) => name.slice(0, at) + name.slice(at + 1));

/** A letter more, less, another one, or two that changed places. */
export function isOneApart(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let from = 0;
  while (from < one.length && one[from] === other[from]) from++;
  let [end, otherEnd] = [one.length, other.length];
  while (end > from && otherEnd > from && one[end - 1] === other[otherEnd - 1])
    [end, otherEnd] = [end - 1, otherEnd - 1];
  const [left, right] = [one.slice(from, end), other.slice(from, otherEnd)];
  return (
    Math.max(left.length, right.length) <= 1 ||
    (left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0])
  );
}

/** All names of a scope are its owner's. */
const isOneOwners = (one: string, other: string): boolean =>
  one.startsWith("@") && one.split("/", 1)[0] === other.split("/", 1)[0];

const isForeign = (name: string): boolean => /\P{ASCII}/u.test(name);

function byKey(names: readonly string[], keysOf: (name: string) => readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names)
    for (const key of keysOf(name)) {
      const same = found.get(key);
      if (same === undefined) found.set(key, [name]);
      else same.push(name);
    }
  return found;
}

export interface Compared {
  /** One for each of the `added` that is like one of the `known`, and for each in foreign letters. */
  readonly alike: readonly Resemblance[];
  /** Of both lists, the names that were too long or too many, and of which nothing is told. */
  readonly uncompared: number;
}

export function resemblances(added: readonly string[], known: readonly string[]): Compared {
  const theirs = new Set(known);
  const fresh = added.filter((name) => !theirs.has(name));
  const names = fresh.filter(({ length }) => length <= LONGEST).slice(0, MOST_ADDED);
  const found = new Map<string, Resemblance>();
  const note = (name: string, other: string | null, likeness: Likeness) => {
    if (!found.has(name) && !(other !== null && isOneOwners(name, other)))
      found.set(name, { name, known: other, likeness });
  };
  const compared = known.slice(0, MOST_KNOWN).filter(({ length }) => length <= LONGEST);
  const [skeletons, orders] = [
    byKey(names, (name) => [skeleton(name)]),
    byKey(names, (name) => [inOrder(name)]),
  ];
  const near = byKey(
    names.filter(({ length }) => length >= SHORTEST),
    (name) => [name, ...shortened(name)],
  );
  for (const other of compared)
    for (const name of skeletons.get(skeleton(other)) ?? []) note(name, other, "reads_alike");
  for (const name of fresh) if (isForeign(name)) note(name, null, "reads_alike");
  for (const other of compared) {
    if (other.length >= SHORTEST)
      for (const key of [other, ...shortened(other)])
        for (const name of near.get(key) ?? []) if (isOneApart(name, other)) note(name, other, "one_letter");
    if (wordsOf(other).length > 1)
      for (const name of orders.get(inOrder(other)) ?? []) note(name, other, "other_order");
  }
  const tried = new Set(names);
  const untried = fresh.filter((name) => !tried.has(name) && !found.has(name)).length;
  const left = fresh.length === 0 ? 0 : Math.max(0, known.length - MOST_KNOWN);
  return { alike: fresh.flatMap((name) => found.get(name) ?? []), uncompared: untried + left };
}
