import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText, entryBytes } from "./rules.ts";
import { ENTRY_KINDS, type EntryDetail, type NewEntry } from "./schema.ts";

const actor = { kind: "user", personId: "per_1", sessionId: "ses_1" } as const;
const entryOf = (detail: EntryDetail): NewEntry => ({ kind: "run.launched", about: ["run:run_1"], detail });
const textOf = (detail: EntryDetail) =>
  Buffer.from(entryBytes("ent_1", entryOf(detail), actor, "req_1")).toString();

describe("canonical text", () => {
  test("sorts keys by UTF-16 and writes as RFC 8785 says", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, ö: 7 };
    expect(canonicalText(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
    expect(canonicalText({ b: [true, null, '\u000f\n"\\/'], a: -0 })).toBe(
      '{"a":0,"b":[true,null,"\\u000f\\n\\"\\\\/"]}',
    );
  });

  test("is one text for one value, whatever the order it was built in", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean())),
        (value) => {
          const shuffled = Object.fromEntries(Object.entries(value).reverse());
          expect(canonicalText(shuffled)).toBe(canonicalText(value));
          expect(canonicalText(JSON.parse(canonicalText(value)))).toBe(canonicalText(value));
        },
      ),
    );
  });

  test("probe: what JSON cannot say is refused", () => {
    for (const value of [undefined, () => 1, Symbol("x"), Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => canonicalText(value)).toThrow();
    }
  });
});

describe("an entry's bytes", () => {
  test("name who, what about and for which request, in one form", () => {
    expect(textOf({ b: 1, a: "x" })).toBe(
      '{"about":["run:run_1"],"actor":{"kind":"user","personId":"per_1","sessionId":"ses_1"},' +
        '"detail":{"a":"x","b":1},"id":"ent_1","kind":"run.launched","request":"req_1","v":1}',
    );
  });

  test.each([0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN])("probe: %d is refused, however deep", (odd) => {
    expect(() => textOf({ n: odd })).toThrow("integers only");
    expect(() => textOf({ a: { b: [1, { c: odd }] } })).toThrow("integers only");
  });

  test("probe: half a character is refused", () => {
    expect(() => textOf({ text: "\ud800" })).toThrow("surrogate");
  });

  test("probe: text stays text", () => {
    const hostile = '"}],"kind":"run.merged\u0000\u2028';
    expect(JSON.parse(textOf({ hostile })).detail.hostile).toBe(hostile);
  });
});

test("kinds are noun.past, each once", () => {
  expect(new Set(ENTRY_KINDS).size).toBe(ENTRY_KINDS.length);
  for (const kind of ENTRY_KINDS) expect(kind).toMatch(/^[a-z]+\.[a-z_]+$/);
});
