import fc from "fast-check";
import { expect, test } from "vitest";
import { untilRead } from "./settle.ts";

test("one burst is one reading, when it is over", () => {
  expect(untilRead({ first: 1000, now: 1000, settleMs: 400 })).toBe(400);
  expect(untilRead({ first: 1000, now: 1300, settleMs: 400 })).toBe(400);
});

test("probe: changes that never pause do not keep a page from being read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 399 }), (every) => {
      for (let now = 0; ; now += every) {
        const wait = untilRead({ first: 0, now, settleMs: 400 });
        if (wait <= every) return now + wait <= 8 * 400;
        if (now > 10_000) return false;
      }
    }),
  );
});
