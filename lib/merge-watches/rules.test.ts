import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { endingOf, linesChanged, spansOf, watchedUntil } from "./rules.ts";
import { Seen } from "./schema.ts";

const DIFF = `diff --git a/a.js b/a.js
index 1..2 100644
--- a/a.js
+++ b/a.js
@@ -2 +2,3 @@
-two
+zwei
+++ b/not-a-header.js
+drei
@@ -9,2 +11,0 @@
---- a/neither
-ten
diff --git a/new name.js b/new name.js
new file mode 100644
--- /dev/null
+++ b/new name.js\t
@@ -0,0 +1,2 @@
+1
+2
\\ No newline at end of file
`;

describe("the lines a diff without context takes away and brings", () => {
  test("are those of its hunks, whatever their text looks like", () => {
    expect(spansOf(DIFF)).toEqual({
      removed: [
        { path: "a.js", from: 2, count: 1 },
        { path: "a.js", from: 9, count: 2 },
      ],
      added: [
        { path: "a.js", from: 2, count: 3 },
        { path: "new name.js", from: 1, count: 2 },
      ],
    });
  });

  test("probe: are none of what is no diff", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { removed, added } = spansOf(text);
        for (const { count } of [...removed, ...added]) expect(count).toBeGreaterThan(0);
      }),
    );
  });
});

describe("of the lines a merge brought", () => {
  const one = { path: "a.js", from: 10, count: 5 };

  test.each([
    [[{ path: "a.js", from: 1, count: 9 }], 0],
    [[{ path: "a.js", from: 1, count: 10 }], 1],
    [[{ path: "a.js", from: 14, count: 9 }], 1],
    [
      [
        { path: "a.js", from: 11, count: 2 },
        { path: "a.js", from: 14, count: 1 },
      ],
      3,
    ],
    [[{ path: "b.js", from: 10, count: 5 }], 0],
    [[{ path: "a.js", from: 0, count: 99 }], 5],
  ])("with %j gone since, %d are counted", (gone, lines) => {
    expect(linesChanged([one], gone)).toEqual({ lines, ofLines: 5 });
  });

  test("as many are gone as a set of line numbers says", () => {
    const spans = fc.array(fc.record({ gap: fc.nat(4), count: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 8,
    });
    const placed = (list: readonly { gap: number; count: number }[]) => {
      let from = 1;
      return list.map(({ gap, count }) => {
        const span = { path: "a.js", from: from + gap, count };
        from += gap + count;
        return span;
      });
    };
    const numbers = (list: readonly { from: number; count: number }[]) =>
      new Set(list.flatMap(({ from, count }) => Array.from({ length: count }, (_, n) => from + n)));
    fc.assert(
      fc.property(spans, spans, (first, second) => {
        const [brought, gone] = [placed(first), placed(second)];
        const wanted = [...numbers(brought)].filter((line) => numbers(gone).has(line)).length;
        expect(linesChanged(brought, gone)).toEqual({ lines: wanted, ofLines: numbers(brought).size });
      }),
    );
  });
});

test("a watch lasts fourteen days, and only what undoes the merge ends it before", () => {
  expect(watchedUntil(0)).toBe(14 * DAY);
  expect(Seen.options.map((seen) => endingOf(seen))).toEqual([
    "reverted",
    "reverted",
    "rewritten",
    null,
    null,
  ]);
});
