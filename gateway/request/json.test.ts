import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_DEPTH, readJson } from "./json.ts";

const plainKey = fc.string().filter((key) => key !== "__proto__");
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -1.5e-7, 1e21),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(plainKey, tie("any"), { maxKeys: 4 }),
  ),
})).any;
const object = fc.dictionary(plainKey, value, { maxKeys: 6 });
const layout = fc.constantFrom(undefined, 1, "\t", "\r\n  ");

const spaced = (data: unknown, gap: string | number | undefined) =>
  Buffer.from(JSON.stringify(data, null, gap));

describe("a request's JSON", () => {
  test("is found again field by field and element by element, however it is laid out", () => {
    fc.assert(
      fc.property(object, layout, (data, gap) => {
        const bytes = spaced(data, gap);
        const document = readJson(bytes);
        expect(document.members.map(({ key }) => key)).toEqual(expectedKeys(data));
        for (const { key, value: span, elements } of document.members) {
          const own = data[key];
          expect(JSON.parse(bytes.toString("utf8", span.start, span.end))).toEqual(roundTrip(own));
          expect(elements === null).toBe(!Array.isArray(own));
          const parts = (elements ?? []).map(({ start, end }) =>
            JSON.parse(bytes.toString("utf8", start, end)),
          );
          if (Array.isArray(own)) expect(parts).toEqual(roundTrip(own));
        }
      }),
      { numRuns: 500 },
    );
  });

  /** JSON.stringify puts keys that are whole numbers first, as every object does. */
  const expectedKeys = (data: object) => Object.keys(data);
  const roundTrip = (own: unknown): unknown => JSON.parse(JSON.stringify(own));

  test("probe: a key twice is refused at any depth and in any spelling", () => {
    const twice = [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '{"x":[{"store":true,"b":0,"store":false}]}',
      '{"x":{"é":1,"\\u00e9":2}}',
      '{"a":{"b":1},"c":[],"a":{}}',
    ];
    for (const text of twice) expect(() => readJson(Buffer.from(text)), text).toThrow("twice");
    const once = '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"c":"a","d":{"b":"a\\"}"}}';
    expect(readJson(Buffer.from(once)).members).toHaveLength(4);
  });

  test("probe: a key called __proto__ is refused in any spelling", () => {
    for (const text of ['{"__proto__":{}}', '{"a":[{"\\u005f_proto__":1}]}'])
      expect(() => readJson(Buffer.from(text)), text).toThrow("__proto__");
  });

  test("probe: nesting beyond what anybody needs is refused before anything walks through it", () => {
    const deep = (depth: number) => Buffer.from(`{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`);
    expect(() => readJson(deep(MAX_DEPTH))).not.toThrow();
    for (const depth of [MAX_DEPTH + 1, 100_000])
      expect(() => readJson(deep(depth))).toThrow("nested deeper");
  });

  test("probe: what is not a JSON object in UTF-8 is refused", () => {
    const odd = [
      "",
      "[]",
      "null",
      '"x"',
      "{",
      '{"a":1,}',
      "{'a':1}",
      '{"a":01}',
      '{"a":NaN}',
      '{"a":1} x',
      '\ufeff{"a":1}',
    ];
    for (const text of odd) expect(() => readJson(Buffer.from(text)), text).toThrow(/^The body is not/);
    expect(() => readJson(Buffer.from('{"a":"\xff"}', "latin1"))).toThrow("not JSON in UTF-8");
  });
});
