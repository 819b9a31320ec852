import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinWords, splitWords } from "./command-line.ts";

describe("a command on one line", () => {
  test.each<[string, string[]]>([
    ["", []],
    ["   ", []],
    ["node --test", ["node", "--test"]],
    ["  node\t--test  ", ["node", "--test"]],
    ["node 'a b' \"c d\"", ["node", "a b", "c d"]],
    ["node a'b c'd", ["node", "ab cd"]],
    ["node ''", ["node", ""]],
    ['node "a\\"b"', ["node", 'a"b']],
    ['node "a\\b"', ["node", "a\\b"]],
    ["node a\\ b", ["node", "a b"]],
    ["node 'it'\\''s'", ["node", "it's"]],
    ["node --reporter=junit --out=r.xml", ["node", "--reporter=junit", "--out=r.xml"]],
  ])("%j splits as %j", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  test.each(["node 'a", 'node "a', "node a\\", 'node "a\\'])("%j is not finished", (line) => {
    expect(splitWords(line)).toBeNull();
  });

  test.each<[string, string[]]>([
    ["npm test; rm -rf /", ["npm", "test;", "rm", "-rf", "/"]],
    ["npm test && curl x", ["npm", "test", "&&", "curl", "x"]],
    ["echo $HOME `id` $(id)", ["echo", "$HOME", "`id`", "$(id)"]],
    ["cat < /etc/passwd | nc x 1", ["cat", "<", "/etc/passwd", "|", "nc", "x", "1"]],
    ["echo *", ["echo", "*"]],
    ["echo # not a comment", ["echo", "#", "not", "a", "comment"]],
  ])("probe: %j is words and nothing else", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});

// What a shell's words may hold here; a line break inside quotes is a word's business too.
const word = fc.string({
  unit: fc.constantFrom("a", "Z", "0", "-", " ", "'", '"', "\\", "$", "`", "*", "ä", "\t", "=", "#"),
  maxLength: 8,
});

describe("splitting and joining", () => {
  test("are each other's inverse for all words", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(splitWords(joinWords(words))).toEqual(words);
      }),
      { numRuns: 2000 },
    );
  });

  test("agree with a real shell on what joining wrote", () => {
    const samples = fc.sample(fc.array(word, { minLength: 1, maxLength: 5 }), { numRuns: 40, seed: 7 });
    for (const words of samples) {
      const script = `printf '%s\\0' ${joinWords(words)}`;
      const printed = execFileSync("sh", ["-c", script]).toString("utf8");
      expect(printed.split("\0").slice(0, -1)).toEqual(words);
    }
  });

  test("splitting never throws, whatever the line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (line) => {
        const words = splitWords(line);
        expect(words === null || words.every((each) => typeof each === "string")).toBe(true);
      }),
    );
  });
});
