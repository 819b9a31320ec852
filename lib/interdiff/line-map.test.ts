import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { followLines } from "./line-map.ts";
import { filesOf, hunksOf, linesOn, rangeOn } from "./unified.ts";

const file = (body: string) => `diff --git a/a.ts b/a.ts\nindex 1..2 100644\n--- a/a.ts\n+++ b/a.ts\n${body}`;
test("probe: a line of content that a carriage return or a line separator cuts begins no file", () => {
  const hostile = "@@ -0,0 +1,2 @@\n+a\rdiff --git a/x b/x\n+b\u2028diff --git a/y b/y\n";
  const other = file("@@ -1 +1 @@\n-c\n+d\n");
  expect(filesOf(`${file(hostile)}${other}`)).toEqual([file(hostile), other]);
});

const hunks = (body: string) => hunksOf(file(body));

/** A diff without context of two texts, made by hand: what is kept is the same object on both sides. */
type Step = "keep" | "remove" | "add";
function diffOf(steps: readonly Step[]) {
  const body: string[] = [];
  let [before, after] = [1, 1];
  const where = new Map<number, number>();
  for (let at = 0; at < steps.length; ) {
    if (steps[at] === "keep") {
      where.set(before, after);
      before += 1;
      after += 1;
      at += 1;
      continue;
    }
    const run: Step[] = [];
    while (at < steps.length && steps[at] !== "keep") run.push(steps[at++] as Step);
    const removed = run.filter((step) => step === "remove").length;
    const added = run.length - removed;
    const start = (line: number, count: number) => (count === 0 ? line - 1 : line);
    body.push(`@@ -${start(before, removed)},${removed} +${start(after, added)},${added} @@`);
    for (let n = 0; n < removed; n++) body.push(`-old ${before + n}`);
    for (let n = 0; n < added; n++) body.push(`+new ${after + n}`);
    before += removed;
    after += added;
  }
  return { hunks: hunks(`${body.join("\n")}\n`), where, lines: before - 1 };
}

describe("lines that are followed through a change", () => {
  const change = hunks("@@ -3,2 +3,3 @@\n-three\n-four\n+drei\n+vier\n+plus\n@@ -10 +10,0 @@\n-ten\n");

  test.each([
    ["before every change stay", 1, 2, { state: "same", from: 1, to: 2 }],
    ["behind one have moved", 6, 8, { state: "moved", from: 7, to: 9 }],
    ["that were replaced have changed", 3, 4, { state: "changed", from: 3, to: 5 }],
    ["half of which were replaced have changed", 2, 3, { state: "changed", from: 2, to: 5 }],
    ["that were taken out are gone", 10, 10, { state: "gone" }],
    ["behind all changes have moved by all of them", 20, 21, { state: "same", from: 20, to: 21 }],
  ] as const)("%s", (_what, from, to, where) => {
    expect(followLines(change, from, to)).toEqual(where);
  });

  test("stay where nothing changed, and see what was put between them", () => {
    expect(followLines([], 4, 9)).toEqual({ state: "same", from: 4, to: 9 });
    const between = hunks("@@ -4,0 +5 @@\n+new\n");
    expect(followLines(between, 4, 5)).toEqual({ state: "changed", from: 4, to: 6 });
    expect(followLines(between, 4, 4)).toEqual({ state: "same", from: 4, to: 4 });
    expect(followLines(between, 5, 5)).toEqual({ state: "moved", from: 6, to: 6 });
  });

  test("are where they went, each for itself, whatever the change was", () => {
    const steps = fc.array(fc.constantFrom<Step>("keep", "remove", "add"), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(steps, (all) => {
        const { hunks: made, where, lines } = diffOf(all);
        for (let line = 1; line <= lines; line++) {
          const got = followLines(made, line, line);
          const there = where.get(line);
          if (there !== undefined)
            expect(got).toEqual({ state: there === line ? "same" : "moved", from: there, to: there });
          else expect(["changed", "gone"]).toContain(got.state);
        }
      }),
    );
  });

  test("as a range are unchanged exactly where all of them are kept side by side", () => {
    const steps = fc.array(fc.constantFrom<Step>("keep", "remove", "add"), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (all, a, b) => {
        const { hunks: made, where, lines } = diffOf(all);
        if (lines === 0) return;
        const [from, to] = [1 + (a % lines), 1 + (b % lines)].sort((x, y) => x - y) as [number, number];
        const places = Array.from({ length: to - from + 1 }, (_, n) => where.get(from + n));
        const first = places[0];
        const isKept = first !== undefined && places.every((place, n) => place === first + n);
        const got = followLines(made, from, to);
        expect(got.state === "same" || got.state === "moved").toBe(isKept);
        if (isKept) expect(got).toMatchObject({ from: first, to: first + to - from });
      }),
    );
  });
});

describe("a diff that is read", () => {
  test("probe: content that looks like a head, a file or a mark stays content", () => {
    const text = file(
      "@@ -1,2 +1,3 @@\n -1\n-@@ -1 +1 @@\n+diff --git a/x b/x\n++++ b/evil\n\\ No newline at end of file\n",
    );
    expect(filesOf(text)).toEqual([text]);
    expect([...linesOn(hunksOf(text), "new")]).toEqual([
      [1, { text: "-1", isChanged: false }],
      [2, { text: "diff --git a/x b/x", isChanged: true }],
      [3, { text: "+++ b/evil", isChanged: true }],
    ]);
    expect(rangeOn(hunksOf(text), "old", 1, 2)).toEqual(["-1", "@@ -1 +1 @@"]);
  });

  test("gives no lines that it does not show", () => {
    const some = hunks("@@ -5,1 +5,1 @@\n-a\n+b\n");
    expect(rangeOn(some, "new", 5, 5)).toEqual(["b"]);
    expect(rangeOn(some, "new", 4, 5)).toBeNull();
    expect(rangeOn(hunksOf(file("Binary files a/x and b/x differ\n")), "new", 1, 1)).toBeNull();
    expect(rangeOn(hunks("@@ -1,2 +1,2 @@\n-cut"), "old", 1, 1)).toEqual(["cut"]);
  });
});
