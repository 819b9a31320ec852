import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { begin, shown, signed, told } from "./active-time.ts";

describe("the time a page was in front of somebody", () => {
  test("ends a minute after the last sign, and goes on with the next", () => {
    const [first, later] = told(begin(0, true), 90_000);
    expect(first).toBe(60_000);
    const [second] = told(signed(later, 100_000), 110_000);
    expect(second).toBe(10_000);
  });

  test("is nothing while the page is hidden", () => {
    const hidden = shown(begin(0, true), 5_000, false);
    expect(told(signed(hidden, 20_000), 30_000)[0]).toBe(5_000);
    expect(told(begin(0, false), 30_000)[0]).toBe(0);
  });

  test("is never told twice, and never more than passed", () => {
    const step = fc.record({
      by: fc.integer({ min: 0, max: 120_000 }),
      what: fc.constantFrom("sign", "show", "hide", "tell"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let [now, sum, state] = [0, 0, begin(0, true)];
        for (const { by, what } of steps) {
          now += by;
          if (what === "sign") state = signed(state, now);
          else if (what === "tell") {
            const [ms, next] = told(state, now);
            sum += ms;
            state = next;
          } else state = shown(state, now, what === "show");
        }
        expect(sum).toBeLessThanOrEqual(now);
      }),
    );
  });
});
