import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  capsOf,
  decideClaims,
  holdsOf,
  keysOf,
  keyText,
  leftOf,
  refusalSentence,
  releasesOf,
} from "./rules.ts";
import type { BudgetUse, Claim } from "./schema.ts";

const budgets = { runMicros: 100, dayMicros: 250, pilotMicros: 1000 };
const claim = (runId: string, micros: number, day = "2030-01-01"): Claim => ({
  ...{ runId, pilotId: "pil_1", day, micros, budgets },
});
const names = (claims: readonly Claim[], use = new Map<string, BudgetUse>()) =>
  decideClaims(claims, use).refusals.map((refusal) => refusal?.name ?? null);

describe("calls against budgets", () => {
  test("are let through up to the last micro-unit, and not beyond", () => {
    expect(names([claim("run_1", 100)])).toEqual([null]);
    expect(names([claim("run_1", 101)])).toEqual(["run"]);
    expect(names([claim("run_1", 60), claim("run_1", 41), claim("run_1", 40)])).toEqual([null, "run", null]);
  });

  test("are refused by the narrowest cap that is in the way", () => {
    const runs = ["run_1", "run_2", "run_3"].map((run) => claim(run, 100));
    expect(names(runs)).toEqual([null, null, "day"]);
    const spent = new Map([["pilot pil_1 ", { reservedMicros: 0, spentMicros: 950 }]]);
    expect(names([claim("run_1", 60)], spent)).toEqual(["pilot"]);
    expect(names([claim("run_1", 50)], spent)).toEqual([null]);
  });

  test("of another day count in that day", () => {
    expect(names([1, 2, 3].map((n) => claim(`run_${n}`, 100, `2030-01-0${n}`)))).toEqual([null, null, null]);
  });

  test("that may cost nothing still need caps that are not overdrawn", () => {
    const over = new Map([["run run_1 ", { reservedMicros: 0, spentMicros: 101 }]]);
    expect(names([claim("run_1", 0)], over)).toEqual(["run"]);
  });

  test("lock each row once, in one order, whatever the order of the calls", () => {
    const claims = [claim("run_2", 1), claim("run_1", 1), claim("run_2", 1, "2030-01-02")];
    const texts = keysOf(claims).map(keyText);
    expect(texts).toEqual([...texts].sort());
    expect(new Set(texts).size).toBe(texts.length);
    expect(keysOf([...claims].reverse())).toEqual(keysOf(claims));
  });

  test("probe: never hold back more than any cap, whatever is asked", () => {
    const some = fc.array(
      fc
        .record({ run: fc.nat(3), day: fc.nat(2), micros: fc.nat(200) })
        .map(({ run, day, micros }) => claim(`run_${run}`, micros, `day ${day}`)),
      { maxLength: 60 },
    );
    const used = fc.nat(300);
    fc.assert(
      fc.property(some, used, used, (claims, reservedMicros, spentMicros) => {
        const use = new Map(keysOf(claims).map((key) => [keyText(key), { reservedMicros, spentMicros }]));
        const { refusals, added } = decideClaims(claims, use);
        for (const [, key, limit] of claims.flatMap((one) => [...capsOf(one)])) {
          const more = added.get(keyText(key)) ?? 0;
          if (more > 0) expect(reservedMicros + spentMicros + more).toBeLessThanOrEqual(limit);
        }
        const let_through = claims.filter((_, index) => refusals[index] === null);
        const sum = let_through.reduce((total, { micros }) => total + micros, 0);
        expect(added.get("pilot pil_1 ") ?? 0).toBe(sum);
      }),
    );
  });
});

describe("what calls hold back together", () => {
  const limits = fc.record({ runMicros: fc.nat(300), dayMicros: fc.nat(500), pilotMicros: fc.nat(900) });
  const some = fc.array(
    fc
      .record({ run: fc.nat(3), day: fc.nat(2), micros: fc.nat(200), own: limits })
      .map(({ run, day, micros, own }) => ({ ...claim(`run_${run}`, micros, `day ${day}`), budgets: own })),
    { minLength: 1, maxLength: 20 },
  );

  test("probe: fits exactly where each of them is let through by itself, also under charters of different limits", () => {
    fc.assert(
      fc.property(some, fc.nat(200), fc.nat(200), (claims, reservedMicros, spentMicros) => {
        const use = new Map(keysOf(claims).map((key) => [keyText(key), { reservedMicros, spentMicros }]));
        const { refusals, added } = decideClaims(claims, use);
        const holds = holdsOf(claims);
        expect(holds.every(({ most }) => reservedMicros + spentMicros <= most)).toBe(
          refusals.every((refusal) => refusal === null),
        );
        if (refusals.some((refusal) => refusal !== null)) return;
        expect(new Map(holds.map(({ micros, ...key }) => [keyText(key), micros]))).toEqual(added);
      }),
    );
  });

  test("probe: is given back to the last micro-unit, in the order it was locked in", () => {
    fc.assert(
      fc.property(some, (claims) => {
        const calls = claims.map(({ micros, ...rest }) => ({
          ...rest,
          reservedMicros: micros,
          chargedMicros: 1,
        }));
        const back = releasesOf(calls);
        expect(back.map(({ reserved, spent: _, ...key }) => [keyText(key), 0 - reserved])).toEqual(
          holdsOf(claims).map(({ micros, most: _, ...key }) => [keyText(key), micros]),
        );
        for (const { kind, spent } of back) if (kind === "pilot") expect(spent).toBe(calls.length);
      }),
    );
  });
});

describe("a refusal in words", () => {
  test("says which budget, what is spent, what is held back, and what the call could cost", () => {
    const state = {
      name: "day",
      limitMicros: 5_000_000,
      spentMicros: 4_000_000,
      reservedMicros: 900_000,
    } as const;
    expect(refusalSentence(state, 250_000)).toBe(
      "The budget of today's runs is used up: of $5.00, $4.00 are spent and $0.9000 held back by calls under way, " +
        "and this call could cost $0.2500. The charter sets the budget.",
    );
    expect(leftOf(state)).toBe(100_000);
    expect(leftOf({ ...state, spentMicros: 6_000_000 })).toBe(0);
  });
});
