import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkObject, MAX_DEPTH, MAX_VALUES, NotCanonical } from "./canonical.ts";

function accepts(text: string): boolean {
  const bytes = Buffer.from(`${text}\n`, "utf8");
  try {
    checkObject(bytes, 0, bytes.length - 1);
    return true;
  } catch (error) {
    if (error instanceof NotCanonical) return false;
    throw error;
  }
}

/** By another's implementation of RFC 8785. */
function isCanonical(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === "object" && value !== null && !Array.isArray(value) && canonicalize(value) === text
    );
  } catch {
    return false;
  }
}

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

describe("canonical JSON", () => {
  test("is accepted, whatever it holds", () => {
    const value = fc.dictionary(
      fc.string({ unit: "grapheme" }),
      fc.jsonValue({ stringUnit: "grapheme", maxDepth: 4 }),
      {
        maxKeys: 20,
      },
    );
    fc.assert(
      fc.property(value, (object) => {
        expect(accepts(canonicalize(object) ?? "")).toBe(true);
      }),
    );
  });

  test("probe: of texts near it exactly those are accepted that another implementation gives back", () => {
    const text =
      '{"a":[1,-2,1e+21,{"":"\\"\\\\\\n\\u000f€😀"},true,false,null,0.1],"b":{},"é":"","\ue000":1}';
    const pieces = [
      '"',
      "\\",
      ",",
      ":",
      "{",
      "}",
      "[",
      "]",
      " ",
      "0",
      "-",
      "e",
      ".",
      "\\u0041",
      "\\ud800",
      "\t",
      "a",
    ];
    expect(accepts(text)).toBe(true);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(2), fc.constantFrom("", ...pieces), (at, removed, added) => {
        const near = text.slice(0, at) + added + text.slice(at + removed);
        fc.pre(near.isWellFormed());
        expect([near, accepts(near)]).toEqual([near, isCanonical(near)]);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ["a key twice", '{"a":1,"a":1}'],
    ["keys in another order", '{"b":1,"a":1}'],
    ["keys ordered by code points instead of UTF-16", '{"\ue000":1,"😀":1}'],
    ["an integer that no double holds", '{"a":9007199254740993}'],
    ["a number beyond doubles", '{"a":1e400}'],
    ["a number of a thousand digits", `{"a":${"1".repeat(1000)}}`],
    ["minus zero", '{"a":-0}'],
    ["a leading zero", '{"a":01}'],
    ["a lone surrogate", '{"a":"\\ud800"}'],
    ["an escape in capitals", '{"a":"\\u000F"}'],
    ["a slash escaped", '{"a":"\\/"}'],
    ["a bare control character", '{"a":"\u0001"}'],
    ["NUL", '{"a":"\u0000"}'],
    ["a space", '{"a": 1}'],
    ["a byte order mark", '\ufeff{"a":1}'],
    ["a carriage return", '{"a":1}\r'],
    ["something behind it", '{"a":1}{}'],
    ["an array", "[1]"],
    ["nothing", ""],
    ["nesting without end", nested(1000)],
    ["a hundred thousand levels", "{".repeat(100_000)],
    ["more values than any event has", `{"a":[${"[],".repeat(MAX_VALUES)}0]}`],
  ])("probe: %s is refused", (_, text) => {
    expect(accepts(text)).toBe(false);
  });

  test.each([
    ['{"a":{"kind":1},"kind":"x"}', '"x"'],
    ['{"kind":{"kind":1},"é":"x"}', '{"kind":1}'],
    ['{"kin":1,"kind2":2,"kine":3}', null],
    ["{}", null],
  ])("the kind of %s is the outermost object's", (text, found) => {
    const bytes = Buffer.from(`${text}\n`);
    const at = checkObject(bytes, 0, bytes.length - 1);
    expect(at === 0 ? null : bytes.toString("utf8", at, at + (found ?? "").length)).toBe(found);
  });

  test("may be nested as deep as the limit and no deeper", () => {
    expect(accepts(nested(MAX_DEPTH - 1))).toBe(true);
    expect(accepts(nested(MAX_DEPTH))).toBe(false);
  });
});
