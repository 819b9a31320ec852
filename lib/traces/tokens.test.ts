import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokensOf } from "./tokens.ts";

const cut = (text: string, at: readonly number[]) => {
  const bytes = Buffer.from(text);
  const ends = [...at.map((one) => one % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, n) => [...bytes.subarray(ends[n - 1] ?? 0, end)]).filter((one) => one.length > 0);
};

describe("tokens of a text", () => {
  test("that end inside a character are one with those that end it, and as likely as all of them", () => {
    const bytes = cut("ok 😀!", [3, 4, 5, 7]);
    const said = bytes.map((one) => ({ token: "?", bytes: one, logprob: -0.5 }));
    expect(tokensOf("ok 😀!", said)).toEqual([
      { text: "ok ", logprob: -0.5 },
      { text: "😀", logprob: -1.5 },
      { text: "!", logprob: -0.5 },
    ]);
  });

  test("cut at any bytes, are the text again", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (said, at) => {
        const list = cut(said, at).map((bytes) => ({ token: "", bytes, logprob: -1 }));
        const tokens = tokensOf(said, list) ?? [];
        expect(tokens.map((token) => token.text).join("")).toBe(said);
        expect(tokens.reduce((sum, { logprob }) => sum + logprob, 0)).toBe(-list.length);
      }),
    );
  });

  test.each([
    ["nothing", undefined],
    ["an empty list", []],
    ["another text", [{ token: "other", logprob: -1 }]],
    [
      "more than the text",
      [
        { token: "text", logprob: -1 },
        { token: "s", logprob: -1 },
      ],
    ],
    ["no numbers", [{ token: "text", logprob: "-1" }]],
    ["no bytes", [{ token: "text", bytes: [300], logprob: -1 }]],
    ["half a character", [{ token: "text", bytes: [0xf0, 0x9f], logprob: -1 }]],
    ["no object", ["text"]],
  ])("probe: of which the provider says %s, it is one piece", (_, said) => {
    expect(tokensOf("text", said)).toBeNull();
  });

  test("one that stands for no text counts for nothing", () => {
    const end = { token: "", bytes: [], logprob: -9 };
    expect(tokensOf("a", [{ token: "a", logprob: -1 }, end])).toEqual([{ text: "a", logprob: -1 }]);
  });

  test("probe: a logarithm above nothing is certainty, and no more", () => {
    expect(tokensOf("a", [{ token: "a", logprob: 3 }])).toEqual([{ text: "a", logprob: 0 }]);
  });

  test("probe: characters that begin and never end are read once, not once for each that follows", () => {
    const begun = { token: "", bytes: [0xf0], logprob: 0 };
    expect(
      tokensOf(
        "a",
        Array.from({ length: 250_000 }, () => begun),
      ),
    ).toBeNull();
  });
});
