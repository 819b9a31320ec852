import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LineRange } from "../diff/contract.ts";
import { extended } from "./extend.ts";

const line = (from: number, to = from, path = "a.ts"): LineRange => ({ path, side: "new", from, to });

describe("a range that is extended", () => {
  test("grows at the end that moves, shrinks back over where it was begun, and goes on at the other side", () => {
    const anchor = line(5);
    let range = anchor;
    const went = ([1, 1, -1, -1, -1, -1, 1] as const).map((by) => {
      range = extended(range, anchor, by).range;
      return [range.from, range.to];
    });
    expect(went).toEqual([
      [5, 6],
      [5, 7],
      [5, 6],
      [5, 5],
      [4, 5],
      [3, 5],
      [4, 5],
    ]);
  });

  test("without a beginning on its file moves its lower end", () => {
    expect(extended(line(3, 4), null, 1)).toMatchObject({ end: 5, range: { from: 3, to: 5 } });
    expect(extended(line(3, 4), line(4, 4, "b.ts"), 1)).toMatchObject({ end: 5, range: { from: 3, to: 5 } });
  });

  test("always holds the line it was begun at and the end that moved", () => {
    const steps = fc.array(fc.constantFrom(1 as const, -1 as const), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 90 }), steps, (begun, moves) => {
        let range = line(begun);
        let at = begun;
        for (const by of moves) {
          const next = extended(range, line(begun), by);
          at += by;
          expect(next.end).toBe(at);
          expect([next.range.from, next.range.to]).toEqual([Math.min(begun, at), Math.max(begun, at)]);
          range = next.range;
        }
      }),
    );
  });
});
