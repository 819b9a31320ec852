import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sentenceOf, shellWords } from "./words.ts";

describe("the words of a command line", () => {
  test.each([
    ["/bin/bash -lc 'node --test'", ["/bin/bash", "-lc", "node --test"]],
    ["/bin/bash -lc 'echo '\\''a b'\\'''", ["/bin/bash", "-lc", "echo 'a b'"]],
    ['bash -lc "echo \\"$HOME\\" \\n"', ["bash", "-lc", 'echo "$HOME" \\n']],
    ["git  status\t-s", ["git", "status", "-s"]],
    ["echo ''", ["echo", ""]],
    ["a\\ b", ["a b"]],
    ["", []],
    ["echo 'open", ["echo 'open"]],
    ["trailing \\", ["trailing", "\\"]],
  ])("%j are %j", (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });

  test("come back as they were quoted", () => {
    const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(shellWords(words.map(quote).join(" "))).toEqual(words);
      }),
    );
  });

  test("probe: no line makes it fail", () => {
    fc.assert(fc.property(fc.string(), (line) => shellWords(line).join("").length <= line.length));
  });
});

describe("the sentence in an error", () => {
  const SENTENCE = "The run's budget of $2.00 is spent.";

  test.each([
    [JSON.stringify({ error: { message: SENTENCE, code: "budget_spent" } }), SENTENCE],
    [`Bad Request: ${JSON.stringify({ error: { message: SENTENCE } })}`, SENTENCE],
    [`unexpected status 401 Unauthorized: ${SENTENCE}, url: http://127.0.0.1:4901/v1/responses`, SENTENCE],
    [
      "Quota exceeded. Check your plan and billing details.",
      "Quota exceeded. Check your plan and billing details.",
    ],
    ["{not json}", "{not json}"],
    ['{"error":{"message":""}}', '{"error":{"message":""}}'],
    ['{"error":null}', '{"error":null}'],
  ])("%j is %j", (message, sentence) => {
    expect(sentenceOf(message)).toBe(sentence);
  });

  test("probe: no message makes it fail", () => {
    fc.assert(fc.property(fc.string(), (message) => typeof sentenceOf(message) === "string"));
  });
});
