import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dollars, dollarsOf, WrittenRates } from "./dollars.ts";

describe("dollars for a million tokens", () => {
  test.each([
    ["1.25", 1_250_000],
    ["$10", 10_000_000],
    [" 0.075 ", 75_000],
    ["0", 0],
    ["0.000001", 1],
  ])("%s is %i micro-units", (text, micros) => {
    expect(Dollars.parse(text)).toBe(micros);
  });

  test.each(["", "-1", "1,25", "1e3", ".5", "1.0000001", "Infinity", "123456", "١"])(
    "probe: “%s” is refused with a sentence",
    (text) => {
      const result = Dollars.safeParse(text);
      expect(result.success).toBe(false);
      expect(result.error?.issues[0]?.message).toMatch(/such as 1\.25/);
    },
  );

  test("what is shown reads back as the same price", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (micros) => {
        expect(Dollars.parse(dollarsOf(micros))).toBe(micros);
      }),
    );
  });
});

describe("a form of prices", () => {
  test("takes what is left empty for the wider kind of token", () => {
    const written = { input: "2", cached: "", cacheWrite: "", output: "8", reasoning: "" };
    expect(WrittenRates.parse(written)).toEqual({
      ...{ input: 2_000_000, cached: 2_000_000, cacheWrite: 2_000_000 },
      ...{ output: 8_000_000, reasoning: 8_000_000 },
    });
  });

  test("keeps a cache that is free apart from one that was not said", () => {
    const written = { input: "2", cached: "0", cacheWrite: "2.5", output: "8", reasoning: "8" };
    expect(WrittenRates.parse(written)).toMatchObject({ cached: 0, cacheWrite: 2_500_000 });
  });
});
