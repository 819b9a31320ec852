import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileOf, uniqueIds } from "./test-ids.ts";

describe("test ids", () => {
  test("join file, suites and name", () => {
    expect(uniqueIds([["a.js", "outer", "adds"]])).toEqual(["a.js › outer › adds"]);
  });

  test("number tests of one name in their order", () => {
    expect(uniqueIds([["a"], ["b"], ["a"], ["a"]])).toEqual(["a", "b", "a #2", "a #3"]);
  });

  test("a part without anything to see says so", () => {
    expect(uniqueIds([["a.js", "  "]])).toEqual(["a.js › (no name)"]);
  });

  test("long names that differ at their end stay different", () => {
    const long = "x".repeat(5000);
    const [one = "", other = ""] = uniqueIds([[`${long}1`], [`${long}2`]]);
    expect(one).not.toBe(other);
    expect(Math.max(one.length, other.length)).toBeLessThanOrEqual(1000);
  });

  test("probe: a thousand tests of one long name stay unique and bounded", () => {
    const ids = uniqueIds(Array.from({ length: 1000 }, () => ["y".repeat(5000)]));
    expect(new Set(ids).size).toBe(1000);
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(1000);
  });

  test("the file is the first part", () => {
    expect(fileOf("test/a.js › outer › adds")).toBe("test/a.js");
    expect(fileOf("test/a.js")).toBe("test/a.js");
  });

  test("ids are unique and the same again for the same names, whatever the names", () => {
    const names = fc.array(
      fc.array(fc.constantFrom("a", "a #2", "b", "", "a #3"), { minLength: 1, maxLength: 2 }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(names, (all) => {
        const ids = uniqueIds(all);
        expect(new Set(ids).size).toBe(all.length);
        expect(uniqueIds(all)).toEqual(ids);
      }),
    );
  });
});
