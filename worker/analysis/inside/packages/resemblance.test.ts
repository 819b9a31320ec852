import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KNOWN_NAMES } from "./known-names.ts";
import { isOneApart, resemblances } from "./resemblance.ts";

const like = (name: string, ...known: string[]) =>
  resemblances([name], known).alike.map(({ known: other, likeness }) => `${likeness} ${other}`);

describe("a new package", () => {
  test.each([
    ["lodahs", "lodash", "one_letter lodash"],
    ["expres", "express", "one_letter express"],
    ["reqests", "requests", "one_letter requests"],
    ["electorn", "electron", "one_letter electron"],
    ["l\u043edash", "lodash", "reads_alike lodash"],
    ["1odash", "lodash", "reads_alike lodash"],
    ["lod\u200bash", "lodash", "reads_alike lodash"],
    ["cross_env", "cross-env", "reads_alike cross-env"],
    ["crossenv", "cross-env", "reads_alike cross-env"],
    ["types-node", "@types/node", "reads_alike @types/node"],
    ["rnoment", "moment", "reads_alike moment"],
    ["nodejs-\u03c1assport", "express", "reads_alike null"],
    ["requests-python", "python-requests", "other_order python-requests"],
  ])("probe: %s is seen beside %s", (name, known, expected) => {
    expect(like(name, known)).toEqual([expected]);
  });

  test.each([
    ["preview", "express"],
    ["lodash", "lodash"],
    ["koa", "ava"],
    ["left-pad", "right-pad"],
    ["react-dom", "react"],
    ["fast-glob", "fast-deep-equal"],
    ["@acme/parsers", "@acme/parser"],
  ])("%s is no likeness of %s", (name, known) => {
    expect(like(name, known)).toEqual([]);
  });

  test("that is known itself is like nothing, and one that is like two is told once", () => {
    expect(resemblances(["preact"], ["react", "preact"])).toEqual({ alike: [], uncompared: 0 });
    expect(resemblances(["rect0"], ["recto", "rects"]).alike).toEqual([
      { name: "rect0", known: "recto", likeness: "reads_alike" },
    ]);
  });

  test("probe: thousands of names against thousands are compared at once, and those that are not are counted", () => {
    const many = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, n) => `${prefix}-${(n * 7919).toString(36)}-package`);
    const { alike, uncompared } = resemblances(many("a", 3_000), many("xyz", 60_000));
    expect([alike, uncompared]).toEqual([[], 1_000 + 10_000]);
    expect(resemblances(["a".repeat(10_000)], ["a".repeat(9_999)])).toEqual({ alike: [], uncompared: 1 });
  });
});

test("probe: foreign letters are seen in a long name, and in one behind thousands", () => {
  const many = Array.from({ length: 2_000 }, (_, n) => `package-${n}-of-many`);
  const odd = ["l\u043edash", `${"a".repeat(80)}\u043e`];
  const { alike, uncompared } = resemblances([...many, ...odd], []);
  expect([alike.map(({ name }) => name), uncompared]).toEqual([odd, 0]);
});

test("names that are known are spelt once, and none of them is another's likeness by its look", () => {
  for (const names of Object.values(KNOWN_NAMES)) {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9@/._-]+$/i);
  }
});

test("a letter more, less, another or in another place is one apart; the same and anything further is not", () => {
  const letters = fc.stringMatching(/^[a-c]{0,6}$/);
  fc.assert(
    fc.property(letters, letters, (one, other) => {
      expect(isOneApart(one, other)).toBe(distance(one, other) === 1);
    }),
  );
});

/** Edits by the book: a letter in, out, changed, or two neighbours swapped. */
function distance(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, i) =>
    Array.from(other, () => 0)
      .concat(0)
      .fill(i, 0, 1),
  );
  const at = (i: number, j: number): number => (i === 0 ? j : j === 0 ? i : (rows[i]?.[j] ?? 0));
  for (let i = 1; i <= one.length; i++)
    for (let j = 1; j <= other.length; j++) {
      const costs = [
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1),
        ...(i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
          ? [at(i - 2, j - 2) + 1]
          : []),
      ];
      (rows[i] as number[])[j] = Math.min(...costs);
    }
  return at(one.length, other.length);
}
