import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countOf } from "./find-bar.tsx";
import { type HeldPart, MOST_PLACES, search } from "./search.ts";
import { finder } from "./use-find.ts";

const part = (text: string, place = 0, line = 0): HeldPart => ({ place, line, text });
const places = (parts: readonly HeldPart[], text: string, matchCase = false) => {
  const { count, places: all } = search(parts, { text, matchCase });
  expect(all.length).toBe(count * 3);
  return Array.from({ length: count }, (_, at) => [...all.subarray(at * 3, at * 3 + 3)]);
};

describe("a search over a patch", () => {
  test("says file, line and character of every place, over all parts", () => {
    const parts = [part("@@ -1 +1 @@ foo\n-foo\n+bar foo foo\n", 3), part(" foo\n", 5, 1500)];
    expect(places(parts, "foo")).toEqual([
      [3, 0, 12],
      [3, 1, 0],
      [3, 2, 4],
      [3, 2, 8],
      [5, 1500, 0],
    ]);
  });

  test("minds capitals only when asked, and takes signs as they are", () => {
    const parts = [part("+Foo(a)\n+foo.a\n")];
    expect(places(parts, "FOO")).toHaveLength(2);
    expect(places(parts, "foo", true)).toEqual([[0, 1, 0]]);
    expect(places(parts, "foo.a")).toEqual([[0, 1, 0]]);
    expect(places(parts, "(a)")).toEqual([[0, 0, 3]]);
  });

  test("git's sign at the beginning of a line is no content", () => {
    expect(places([part("+a\n-b\n")], "+")).toEqual([]);
    expect(places([part("+ +a\n")], "+")).toEqual([[0, 0, 1]]);
  });

  test("nothing, and a line break, find nothing", () => {
    expect(places([part("+a\n+b\n")], "")).toEqual([]);
    expect(places([part("+a\n+b\n")], "a\n")).toEqual([]);
  });

  test("finds what is in each line and nothing else", () => {
    const line = fc.stringMatching(/^[ab. ]{0,8}$/);
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 20 }),
        fc.stringMatching(/^[ab.]{1,2}$/),
        (lines, text) => {
          const held = [part(lines.map((each) => `+${each}\n`).join(""))];
          const find = finder({ text, matchCase: true });
          const expected = lines.flatMap((each, at) => (find?.(each) ?? []).map(([from]) => [0, at, from]));
          expect(places(held, text, true)).toEqual(expected);
        },
      ),
    );
  });

  test("probe: more places than can be gone to are still counted", () => {
    const { count, places: all } = search([part(`+${"a".repeat(MOST_PLACES + 7)}\n`)], {
      text: "a",
      matchCase: true,
    });
    expect([count, all.length]).toEqual([MOST_PLACES + 7, MOST_PLACES * 3]);
  });
});

describe("what the search says", () => {
  const query = { text: "a", matchCase: false };
  const read = { read: 2, of: 2, why: null };
  const answer = { count: 3, places: new Int32Array(9), query, turn: 1, isWhole: true };

  test.each([
    [{ query, read, answer: null, at: -1 }, "Searching"],
    [{ query, read, answer, at: 1 }, "2 of 3"],
    [{ query, read, answer: { ...answer, count: 0 }, at: -1 }, "None"],
    [{ query, read, answer: { ...answer, count: 0, isWhole: false }, at: -1 }, "None so far"],
    [
      { query, read, answer: { ...answer, count: 200_000 }, at: 0 },
      "1 of 200,000, the first 100,000 can be gone to",
    ],
  ])("%#: %s", (state, words) => expect(countOf(state)).toBe(words));

  test("probe: a part that could not be read is never passed over in silence", () => {
    expect(countOf({ query, answer, at: 0, read: { ...read, why: "the server said 409" } })).toBe(
      "Not everything could be searched: the server said 409",
    );
  });
});
