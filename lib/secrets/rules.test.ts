import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bareText } from "./bare.ts";
import { joined, labelOf, masked, merged, NOT_SEARCHED, type Place, within } from "./rules.ts";

const place = fc
  .record({ start: fc.nat(60), length: fc.nat(20), rule: fc.constantFrom("github", "npm", "aws") })
  .map(({ start, length, rule }): Place => ({ start, end: start + length, rule }));

describe("merging places", () => {
  test("leaves them in order, without overlap, over the same characters", () => {
    fc.assert(
      fc.property(fc.array(place), (places) => {
        const covered = (list: readonly Place[]) =>
          Array.from({ length: 100 }, (_, at) => list.some(({ start, end }) => start <= at && at < end));
        const result = merged(places);
        expect(covered(result)).toEqual(covered(places));
        for (const [index, { start, end }] of result.entries()) {
          expect(end).toBeGreaterThan(start);
          expect(start).toBeGreaterThanOrEqual(result[index - 1]?.end ?? 0);
        }
      }),
    );
  });

  test("names the longest of what overlaps", () => {
    const places = [
      { start: 0, end: 4, rule: "npm" },
      { start: 2, end: 30, rule: "github" },
    ];
    expect(merged(places)).toEqual([{ start: 0, end: 30, rule: "github" }]);
  });
});

describe("a part of a text", () => {
  test("has exactly the places that reach into it", () => {
    fc.assert(
      fc.property(fc.array(place), fc.nat(80), fc.nat(30), (places, from, length) => {
        const all = merged(places);
        const slow = all.flatMap(({ start, end, rule }) =>
          start < from + length && end > from
            ? [{ start: Math.max(start, from) - from, end: Math.min(end, from + length) - from, rule }]
            : [],
        );
        expect(within(all, from, from + length)).toEqual(slow);
      }),
    );
  });
});

describe("masking", () => {
  test("changes nothing outside the places", () => {
    const text = "a 😀 secret in the middle";
    expect(masked(text, [{ start: 5, end: 11, rule: "npm" }])).toBe("a 😀 [secret: npm] in the middle");
    expect(masked(text, [])).toBe(text);
  });

  test("says what was not searched in words of its own", () => {
    expect(labelOf(NOT_SEARCHED)).toBe("[not shown: too long to be searched for secrets]");
  });
});

test("texts joined keep their pieces in their places", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string())), (groups) => {
      const { text, offsets } = joined(groups);
      for (const [group, pieces] of groups.entries()) {
        for (const [index, piece] of pieces.entries()) {
          const at = offsets[group]?.[index] ?? -1;
          expect(text.slice(at, at + piece.length)).toBe(piece);
        }
      }
    }),
  );
});

describe("a bare text", () => {
  test("is none when nothing in it is unseen", () => {
    expect(bareText("plain\n\ttext é 😀")).toBeNull();
  });

  test("probe: knows where each of its characters stood", () => {
    const unseen = fc.constantFrom("\u001b[31m", "\u200b", "\u202e", "\u0000", "\ufeff");
    const piece = fc.string({ unit: fc.constantFrom(..."abc 😀\n") });
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, unseen)), piece, (pairs, tail) => {
        const raw = pairs.map(([text, hidden]) => text + hidden).join("") + tail;
        const bare = bareText(raw);
        if (!bare) {
          expect(pairs).toEqual([]);
          return;
        }
        expect(bare.text).toBe(pairs.map(([text]) => text).join("") + tail);
        for (let at = 0; at < bare.text.length; at++) {
          expect(raw[bare.original(at)]).toBe(bare.text[at]);
        }
      }),
    );
  });
});
