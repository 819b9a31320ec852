import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeLicence, parseExpression } from "./rules.ts";

const ALLOWED = ["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-only WITH Classpath-exception-2.0"];

describe("a licence held against the charter's list", () => {
  test.each([
    ["MIT", "allowed"],
    ["mit", "allowed"],
    ["(MIT OR GPL-3.0-only)", "allowed"],
    ["MIT AND GPL-3.0-only", "outside"],
    ["MIT OR Apache-2.0 AND GPL-3.0-only", "allowed"],
    ["(MIT OR Apache-2.0) AND GPL-3.0-only", "outside"],
    ["GPL-2.0-only WITH Classpath-exception-2.0", "allowed"],
    ["GPL-2.0-only", "outside"],
    ["Apache-2.0 WITH LLVM-exception", "outside"],
    ["SEE LICENSE IN LICENSE.txt", "unknown"],
    ["UNLICENSED", "unknown"],
    ["LicenseRef-Ours", "unknown"],
    ["MIT OR", "unknown"],
    ["(MIT", "unknown"],
    ["MIT/Apache-2.0", "unknown"],
    ["", "unknown"],
    [null, "unknown"],
  ] as const)("%s is %s", (licence, verdict) => {
    expect(judgeLicence(licence, ALLOWED)).toBe(verdict);
  });

  test("every licence is allowed where the charter names none", () => {
    expect([judgeLicence("GPL-3.0-only", []), judgeLicence(null, [])]).toEqual(["allowed", "allowed"]);
  });

  test("probe: any text is judged without an end to wait for, and parentheses are not climbed without end", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        expect(["allowed", "outside", "unknown"]).toContain(judgeLicence(text, ALLOWED));
      }),
    );
    expect(parseExpression("(".repeat(100_000))).toBeNull();
  });

  test("of two licences, both are as strict as the stricter, either as the milder", () => {
    const one = fc.constantFrom("MIT", "Apache-2.0", "GPL-3.0-only", "AGPL-3.0-only");
    fc.assert(
      fc.property(one, one, (a, b) => {
        const [isA, isB] = [ALLOWED.includes(a), ALLOWED.includes(b)];
        expect(judgeLicence(`${a} AND ${b}`, ALLOWED) === "allowed").toBe(isA && isB);
        expect(judgeLicence(`${a} OR ${b}`, ALLOWED) === "allowed").toBe(isA || isB);
      }),
    );
  });
});
