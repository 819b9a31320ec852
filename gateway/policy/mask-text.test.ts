import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Place } from "#lib/secrets/rules.ts";
import { maskText } from "./mask-text.ts";
import { OWN_PATTERN } from "./own-patterns.ts";

const CARD = "4111111111111111";
const placesOf = (text: string, words: readonly string[], rule: string): Place[] =>
  words.flatMap((word) => {
    const start = text.indexOf(word);
    return start === -1 ? [] : [{ start, end: start + word.length, rule }];
  });

describe("what is masked in the arguments of a tool", () => {
  test("leaves JSON where it stands in a string", () => {
    const text = JSON.stringify({ card: `it is ${CARD}`, n: 1 });
    const shown = JSON.parse(maskText(text, placesOf(text, [CARD], "card number")));
    expect(shown).toEqual({ card: "it is [secret: card number]", n: 1 });
  });

  test.each([`{"card":${CARD}}`, `{"card": ${CARD} }`, `[1,${CARD},2]`, `{"a":"b","card":${CARD},"c":"d"}`])(
    "leaves JSON where it is a number: %s",
    (text) => {
      const shown = maskText(text, placesOf(text, [CARD], OWN_PATTERN));
      expect(JSON.parse(shown)).toEqual(JSON.parse(text.replace(CARD, '"[masked: own pattern]"')));
    },
  );

  test("leaves JSON where a pattern goes over a border of values; then nothing else is left", () => {
    const text = '{"a":"one","b":"two"}';
    const shown = maskText(text, placesOf(text, ['one","b'], OWN_PATTERN));
    expect(JSON.parse(shown)).toEqual({ masked: "[masked: own pattern]" });
  });

  test("probe: leaves JSON wherever it stands, and nothing of what was masked", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.integer({ min: 4, max: 30 }), (value, from, length) => {
        const text = JSON.stringify({ value });
        const start = from % text.length;
        const place = { start, end: Math.min(text.length, start + length), rule: "x" };
        expect(JSON.parse(maskText(text, [place]))).toBeTypeOf("object");
      }),
    );
  });
});

test("text that is no JSON is masked where it stands", () => {
  const text = `{"card":${CARD}, and so on`;
  expect(maskText(text, placesOf(text, [CARD], "card number"))).toBe(
    '{"card":[secret: card number], and so on',
  );
});
