import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { languageOf, paintLine, type State } from "./colour.ts";
import { type PaintOrder, paintSpans } from "./paint.ts";

const order = (text: string, more: Partial<PaintOrder> = {}): PaintOrder => ({
  ...{ text, from: 0, to: text.length, language: languageOf("a.ts"), state: 0 },
  ...{ words: [], found: [], isAdded: true },
  ...more,
});
const looks = (text: string, more: Partial<PaintOrder> = {}) =>
  paintSpans(order(text, more)).map((span) => [span.text, span.look]);

describe("a painted line", () => {
  test("tells words, strings, calls and comments apart", () => {
    expect(looks('return f("x"); // y')).toEqual([
      ["return", "k"],
      [" ", ""],
      ["f", "f"],
      ["(", ""],
      ['"x"', "s"],
      ["); ", ""],
      ["// y", "c"],
    ]);
  });

  test("marks changed words and what is searched for over the colours", () => {
    expect(looks("let a = 1", { words: [[4, 5]], found: [[0, 3]] })).toContainEqual(["a", "w"]);
    expect(looks("let a = 1", { found: [[0, 3]] })[0]).toEqual(["let", "k found"]);
  });

  test("of plain characters nothing is added or lost", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e\t]{0,60}$/), (text) => {
        expect(
          paintSpans(order(text))
            .map((span) => span.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });

  test.each([
    ["a\u202Eb", "‹U+202E›"],
    ["a\u200Bb", "‹U+200B›"],
    ["a\u{E0041}b", "‹U+E0041›"],
    ["a\x1B[31mb", "‹ESC›"],
    ["a\rb", "‹CR›"],
    ["p\u0430y", "\u0430‹U+0430›"],
  ])("probe: what would deceive is marked: %j", (text, mark) => {
    const span = paintSpans(order(text)).find((each) => each.text === mark);
    expect(span?.look).toContain("mark");
    expect(span?.why).toBeDefined();
  });

  test("the carriage return of a line from Windows is shown and not warned of", () => {
    expect(looks("x\r").at(-1)).toEqual(["‹CR›", "cr"]);
  });

  test("a piece of a long line holds its own characters alone", () => {
    expect(looks("0123456789", { from: 3, to: 6, language: null })).toEqual([["345", ""]]);
  });
});

describe("colours", () => {
  const run = (lines: readonly string[], path: string) => {
    const language = languageOf(path);
    let state: State = 0;
    return lines.map((line) => {
      const kinds: number[] = [];
      if (language) state = paintLine(line, language, state, (_from, _to, kind) => kinds.push(kind));
      return kinds;
    });
  };

  test("a comment or string left open goes on in the next line", () => {
    expect(run(["/* a", "b", "c */ let"], "a.ts")).toEqual([[4], [4], [4, 1]]);
    expect(run(['x = """a', "b", 'c"""'], "a.py").slice(1)).toEqual([[2], [2]]);
  });

  test("files of other kinds stay plain", () => expect(languageOf("a.unknown")).toBeNull());

  test.each([
    '"'.repeat(200_000),
    "\\".repeat(200_000),
    "/*".repeat(100_000),
    "a(".repeat(100_000),
    "`".repeat(200_001),
  ])("probe: no line makes it slow (%#)", (line) => {
    const language = languageOf("a.ts");
    let painted = 0;
    if (language) paintLine(line, language, 0, () => painted++);
    expect(painted).toBeLessThanOrEqual(line.length);
  });
});
