import { expect, test } from "vitest";
import { createLimiter } from "./rate-limit.ts";

test("so many in a minute, then the seconds until the minute is over", () => {
  const limiter = createLimiter({ perMinute: 2, callers: 10 });
  expect([limiter.take("a", 0), limiter.take("a", 10_000), limiter.take("a", 20_000)]).toEqual([
    null,
    null,
    40,
  ]);
  expect(limiter.waits("a", 59_999)).toBe(1);
  expect(limiter.take("b", 20_000)).toBeNull();
  expect(limiter.take("a", 60_000)).toBeNull();
});

test("probe: asking goes on being refused, and no clock that jumps back lets nobody in for ever", () => {
  const limiter = createLimiter({ perMinute: 1, callers: 10 });
  limiter.take("a", 1000);
  for (let at = 1001; at < 1100; at++) expect(limiter.take("a", at)).toBe(60);
  expect(limiter.take("a", 500)).toBeNull();
});

test("probe: memory is bounded, whoever comes", () => {
  const limiter = createLimiter({ perMinute: 1, callers: 3 });
  for (const caller of ["a", "b", "c", "d"]) limiter.take(caller, 0);
  expect(["a", "b", "c", "d"].map((caller) => limiter.waits(caller, 1) !== null)).toEqual([
    false,
    true,
    true,
    true,
  ]);
});
