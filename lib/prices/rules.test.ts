import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chargeFor, type Ended, isPlausible, MOST_TOKENS, reservationOf, settledCharge } from "./rules.ts";
import type { Rates, Usage } from "./schema.ts";

const RATES: Rates = {
  ...{ input: 1_250_000, cached: 125_000, cacheWrite: 1_500_000 },
  ...{ output: 10_000_000, reasoning: 10_000_000 },
};
const USAGE: Usage = { input: 1000, cached: 400, cacheWrite: 100, output: 200, reasoning: 50 };

const rate = fc.integer({ min: 0, max: 10_000_000_000 });
const rates = fc.record({ input: rate, cached: rate, cacheWrite: rate, output: rate, reasoning: rate });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const usage = fc
  .record({ input: fc.nat(2_000_000), output: fc.nat(200_000), a: share, b: share, c: share })
  .map(({ input, output, a, b, c }): Usage => {
    const cached = Math.floor(input * a);
    const cacheWrite = Math.floor((input - cached) * b);
    return { input, cached, cacheWrite, output, reasoning: Math.floor(output * c) };
  });

describe("what usage costs", () => {
  test("is each part at its own rate, rounded up", () => {
    // 500 × 1.25 + 400 × 0.125 + 100 × 1.5 + 150 × 10 + 50 × 10 micro-units
    expect(chargeFor(RATES, USAGE)).toBe(625 + 50 + 150 + 1500 + 500);
    expect(
      chargeFor(
        { ...RATES, input: 1 },
        { ...USAGE, input: 1, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 },
      ),
    ).toBe(1);
    expect(chargeFor(RATES, { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 })).toBe(0);
  });

  test("is exact beyond what a double holds", () => {
    const all = { input: MOST_TOKENS, cached: 0, cacheWrite: 0, output: MOST_TOKENS, reasoning: 0 };
    const dear = { ...RATES, input: 10_000_000_000, output: 9_999_999_999 };
    expect(BigInt(chargeFor(dear, all))).toBe(
      (100_000_000n * 10_000_000_000n + 100_000_000n * 9_999_999_999n) / 1_000_000n,
    );
  });

  test("never falls when any count rises, and is never negative", () => {
    fc.assert(
      fc.property(rates, usage, fc.nat(1000), (of, used, more) => {
        const charge = chargeFor(of, used);
        expect(charge).toBeGreaterThanOrEqual(0);
        expect(chargeFor(of, { ...used, input: used.input + more })).toBeGreaterThanOrEqual(charge);
        expect(chargeFor(of, { ...used, output: used.output + more })).toBeGreaterThanOrEqual(charge);
      }),
    );
  });

  test("is never above what was reserved for as many tokens or more", () => {
    fc.assert(
      fc.property(rates, usage, fc.nat(1000), fc.nat(1000), (of, used, a, b) => {
        const held = reservationOf(of, used.input + a, used.output + b);
        expect(chargeFor(of, used)).toBeLessThanOrEqual(held);
      }),
    );
  });

  test.each<Partial<Usage>>([
    { input: -1 },
    { output: 1.5 },
    { input: Number.NaN },
    { output: Number.POSITIVE_INFINITY },
    { cached: 1001 },
    { cached: 600, cacheWrite: 500 },
    { reasoning: 201 },
    { input: MOST_TOKENS + 1 },
    { input: 2 ** 60 },
  ])("probe: %j is not plausible and has no price", (part) => {
    expect(isPlausible({ ...USAGE, ...part })).toBe(false);
    expect(() => chargeFor(RATES, { ...USAGE, ...part })).toThrow(RangeError);
  });
});

describe("what is charged for a call that is over", () => {
  const ended: Ended = {
    ...{ outcome: "done", status: 200, wasSent: true, usage: USAGE },
    ...{ seen: { outputTokens: 210, outputBytes: 700 }, reservedMicros: 50_000, contextTokens: 3000 },
  };
  const of = (part: Partial<Ended>) => settledCharge(RATES, { ...ended, ...part });
  /** All of the context at the dearest rate of input, and the output that was seen. */
  const ESTIMATE = 3000 * 1.5 + 210 * 10;

  test("is the provider's count where the call came to its end", () => {
    expect(of({})).toEqual({ micros: 2825, usage: USAGE, flags: [] });
  });

  test.each<[string, Partial<Ended>, number, string[]]>([
    ["nothing was counted", { usage: null }, 50_000, ["usage_missing", "estimated"]],
    ["the count is negative", { usage: { ...USAGE, output: -5 } }, 50_000, ["usage_invalid", "estimated"]],
    [
      "the count denies what was seen",
      { usage: { ...USAGE, output: 0, reasoning: 0 } },
      50_000,
      ["usage_invalid", "estimated"],
    ],
    [
      "it was aborted without a count",
      { outcome: "aborted", usage: null },
      50_000,
      ["aborted", "usage_missing", "estimated"],
    ],
    ["it was aborted with an early count", { outcome: "aborted" }, 50_000, ["aborted", "estimated"]],
    ["it failed in the middle", { outcome: "failed", usage: null }, 50_000, ["usage_missing", "estimated"]],
    [
      "it was cut and more was seen than held back",
      { outcome: "aborted", usage: null, reservedMicros: 100 },
      ESTIMATE,
      ["aborted", "usage_missing", "estimated"],
    ],
    [
      "an early count is above all it held back",
      { outcome: "failed", reservedMicros: 100, contextTokens: 0, seen: { outputTokens: 0, outputBytes: 0 } },
      2825,
      ["estimated"],
    ],
    ["nobody knows its end", { outcome: "unknown", usage: null }, 50_000, ["estimated"]],
  ])("is on the dear side and flagged when %s", (_, part, micros, flags) => {
    const charge = of(part);
    expect(charge.micros).toBe(micros);
    expect(charge.flags).toEqual(flags);
  });

  test.each<[string, Partial<Ended>]>([
    ["was never sent", { outcome: "failed", status: null, wasSent: false }],
    ["was given up before it was sent", { outcome: "aborted", status: null, wasSent: false }],
    ["was refused by the provider", { outcome: "failed", status: 429 }],
  ])("is nothing for a call that %s", (_, part) => {
    expect(of({ ...part, usage: null, seen: { outputTokens: 0, outputBytes: 0 } }).micros).toBe(0);
  });

  test("probe: a refusal that came with output is charged what was seen, a hang-up without a status all it held back", () => {
    expect(of({ outcome: "failed", status: 500, usage: null }).micros).toBe(ESTIMATE);
    const silent = {
      outcome: "failed",
      status: null,
      usage: null,
      seen: { outputTokens: 0, outputBytes: 0 },
    } as const;
    expect(of(silent).micros).toBe(50_000);
    expect(of({ ...silent, outcome: "aborted" }).micros).toBe(50_000);
  });

  test("is never less than the provider's plausible count, whatever the end", () => {
    const outcome = fc.constantFrom("done" as const, "failed" as const, "aborted" as const);
    const seen = fc.record({ outputTokens: fc.nat(10_000), outputBytes: fc.nat(40_000) });
    fc.assert(
      fc.property(rates, usage, outcome, seen, fc.nat(5_000_000), (price, used, how, saw, context) => {
        const charge = settledCharge(price, {
          ...{ outcome: how, status: 200, wasSent: true, usage: used, seen: saw },
          ...{ reservedMicros: 0, contextTokens: context },
        });
        expect(Number.isSafeInteger(charge.micros)).toBe(true);
        if (charge.usage) expect(charge.micros).toBeGreaterThanOrEqual(chargeFor(price, used));
        else expect(charge.flags).toContain("usage_invalid");
      }),
    );
  });
});
