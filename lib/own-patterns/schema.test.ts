import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HIGHEST_COST, OwnPatterns, parseOwnPattern } from "./schema.ts";

function sourceOf(line: string): string {
  const parsed = parseOwnPattern(line);
  if (!parsed.ok) throw new Error(parsed.fault);
  return parsed.pattern.source;
}
const find = (line: string, text: string) => text.match(new RegExp(sourceOf(line), "u"))?.[0];

/** Pieces of the language, those that cost most among them. */
const atom = fc.constantFrom("a", "b", "-", "é", "😀", "[a-b]", "[ab-]", "[+*.]", "\\d", ".");
const count = fc.oneof(
  fc.constantFrom("", "?", "{3}"),
  fc.tuple(fc.nat(5), fc.nat(100)).map(([min, more]) => `{${min},${Math.min(100, min + more)}}`),
);
const generated = fc
  .array(
    fc.oneof(
      fc.tuple(atom, count).map(([one, times]) => one + times),
      fc.constant("\\b"),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(""));

/** A search by the same rules as a RegExp's, that counts each comparison of a character. */
function stepsAt(source: string, text: readonly string[], from: number): number {
  const parts = [...source.matchAll(/(\\b|\.|\[[^\]]+\])(?:\{(\d+),(\d+)\})?/g)].map(
    ([, what = "", min, max]) => ({ what, min: Number(min ?? 0), max: Number(max ?? 0) }),
  );
  let steps = 0;
  const fails = (index: number, at: number): void => {
    const part = parts[index];
    if (!part) return;
    if (part.what === "\\b") {
      steps++;
      fails(index + 1, at);
      return;
    }
    const one = new RegExp(`^${part.what}$`, "u");
    let taken = 0;
    while (taken < part.max) {
      steps++;
      if (!one.test(text[at + taken] ?? "")) break;
      taken++;
    }
    for (; taken >= part.min; taken--) fails(index + 1, at + taken);
  };
  fails(0, from);
  return steps;
}

describe("a pattern of a charter's own", () => {
  test.each([
    ["Project-Falcon", "see Project-Falcon now", "Project-Falcon"],
    ["CUST-[0-9]{6}", "id CUST-123456.", "CUST-123456"],
    ["\\bACME\\d{2,4}\\b", "an ACME123 x", "ACME123"],
    ["colou?r", "a color", "color"],
    ["a.c[+]d", "a/c+d", "a/c+d"],
    ["[A-C-]{4}", "xA-B-", "A-B-"],
  ])("%s finds it in %j", (line, text, found) => {
    expect(find(line, text)).toBe(found);
  });

  test.each([
    ["Project-Falcon", "project-falcon"],
    ["Project-Falcon", "Project-F\u0430lcon"],
    ["\\bACME\\b", "ACMES"],
    ["CUST-\\d{6}", "CUST-\u0661\u0662\u0663\u0664\u0665\u0666"],
    ["ab.cd", "ab\ncd"],
  ])("probe: %s stays what it is, and does not find %j", (line, text) => {
    expect(find(line, text)).toBeUndefined();
  });

  test.each([
    ...["a*bcd", "abcd+", "(abcd)", "ab|cd12", "^abcd", "abcd$", "(a+)+bcd", "abcd\\1", "\\wabcd", "abcd\\"],
    ...["[^a]bcd", "[]abc", "[abcd", "abcd]", "[b-a]bcd", "[[a]]bcd", "[\\d]bcd", "a??bcd", "a{2}{2}bcd"],
    ...["a{,3}bcd", "a{3,}bcd", "a{101}", "a{0}bcde", "a{5,2}bcd", "abcd}", "{4}", "?abcd", "\\b?abcd"],
    ...["", "abc", "a?b?c?d?", "\\b\\b\\b\\b", "a{0,100}", "ab\tcd", "ab\u200bcd", "x".repeat(201)],
    ...["a{0,100}a{0,100}a{4}", "[a-z]{1,100}[a-z]{1,100}[a-z]{1,100}!", ".{1,9}".repeat(9)],
  ])("probe: %j is refused, with the number of its line", (line) => {
    const { error } = OwnPatterns.safeParse(["Project-Falcon", line]);
    expect(error?.issues.map(({ message }) => message).join()).toMatch(/^Line 2: .+\.$/s);
  });

  test("there are 50 of them at most, each once", () => {
    const lines = Array.from({ length: 51 }, (_, n) => `name-${n}`);
    expect(OwnPatterns.safeParse(lines.slice(1)).success).toBe(true);
    expect(OwnPatterns.safeParse(lines).success).toBe(false);
    expect(OwnPatterns.safeParse(["abcd", "abcd"]).success).toBe(false);
  });

  test("probe: what is cheap alone and dear together is refused at the line where it becomes so", () => {
    const lines = Array.from({ length: 50 }, (_, n) => `a{4,40}b{4}${n}`);
    const { error } = OwnPatterns.safeParse(lines);
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.message).toMatch(/^Line \d+: up to here they take too long/);
  });

  test("probe: whatever is written is refused, or a RegExp that finds four characters or more", () => {
    fc.assert(
      fc.property(fc.oneof(generated, fc.string({ maxLength: 12 })), fc.string(), (line, text) => {
        const parsed = parseOwnPattern(line);
        if (!parsed.ok) return;
        for (const [match] of text.matchAll(new RegExp(parsed.pattern.source, "gu")))
          expect([...match].length).toBeGreaterThanOrEqual(4);
      }),
    );
  });

  test("probe: no pattern that is taken needs more steps at a place than it says", () => {
    const text = fc.array(fc.constantFrom("a", "b", "-", "1"), { minLength: 10, maxLength: 120 });
    fc.assert(
      fc.property(generated, text, (line, characters) => {
        const parsed = parseOwnPattern(line);
        if (!parsed.ok) return;
        expect(parsed.pattern.cost).toBeLessThanOrEqual(HIGHEST_COST);
        expect(stepsAt(parsed.pattern.source, characters, 0)).toBeLessThanOrEqual(parsed.pattern.cost);
      }),
      { numRuns: 300 },
    );
  });
});
