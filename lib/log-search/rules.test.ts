import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorOf, phrasesOf, piecesOf, placeOf } from "./rules.ts";

describe("a query", () => {
  test("is words, beginnings of words and exact phrases", () => {
    expect(phrasesOf('Posting regis* "git push --force"')).toEqual([
      { words: ["posting"], isBegun: false },
      { words: ["regis"], isBegun: true },
      { words: ["git", "push", "force"], isBegun: false },
    ]);
  });

  test("takes a path or a host as words that follow each other", () => {
    expect(phrasesOf("registry.example.com src/po*")).toEqual([
      { words: ["registry", "example", "com"], isBegun: false },
      { words: ["src", "po"], isBegun: true },
    ]);
  });

  test.each([
    ['"git push', "quotation mark"],
    ["!!! ---", "Write a word"],
    ["*", "Write a word"],
    ["a*", "two characters"],
    [Array(21).fill("word").join(" "), "At most 20"],
    ['""', "Write a word"],
  ])("probe: %s is refused with one sentence", (query, sentence) => {
    expect(() => phrasesOf(query)).toThrow(sentence);
  });
});

const shown = (text: string, query: string) =>
  piecesOf(text, phrasesOf(query))
    .map(({ text: piece, isFound }) => (isFound ? `[${piece}]` : piece))
    .join("");

describe("what is shown", () => {
  test("is a window around what was found, which is marked", () => {
    expect(shown("git push origin main", "push main")).toBe("git [push] origin [main]");
    const long = `${"before ".repeat(100)}needle${" after".repeat(100)}`;
    const window = shown(long, "needle");
    expect(window.length).toBeLessThan(260);
    expect(window).toContain("[needle]");
    expect(window.startsWith("… ")).toBe(true);
    expect(window.endsWith(" …")).toBe(true);
  });

  test("is the beginning where what was found is masked", () => {
    expect(shown("token [secret: github] end", "ghp_abc")).toBe("token [secret: github] end");
  });

  test("probe: is the text itself, whatever stands in it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.string({ unit: "binary", minLength: 1 }),
        (text, word) => {
          const pieces = piecesOf(text, [{ words: [word.toLowerCase()], isBegun: true }]);
          for (const piece of pieces) expect(piece.text.isWellFormed()).toBe(true);
          if (text.isWellFormed()) expect(pieces.map((piece) => piece.text).join("")).toBe(text);
        },
      ),
    );
  });
});

test("a cursor leads back to its place", () => {
  const place = { runId: "run_1", seq: 12, field: "output" };
  expect(placeOf(cursorOf(place))).toEqual(place);
});
