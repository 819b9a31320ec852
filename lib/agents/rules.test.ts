import fc from "fast-check";
import { expect, test } from "vitest";
import { historyLimit, refusalOfWindow, USUAL_HISTORY } from "./rules.ts";

test("a history is summed up at three quarters of its model's window, or at the usual length where that is not known", () => {
  const maxOutputTokens = 16_384;
  expect(historyLimit({ contextTokens: 0, maxOutputTokens })).toBe(USUAL_HISTORY);
  expect(historyLimit({ contextTokens: 400_000, maxOutputTokens })).toBe(300_000);
  expect(historyLimit({ contextTokens: 64_000, maxOutputTokens })).toBe(64_000 - 16_384 - 4096);
});

test("in every window that is taken the longest answer fits beside the longest history", () => {
  const window = fc.record({
    contextTokens: fc.integer({ min: 1, max: 10_000_000 }),
    maxOutputTokens: fc.integer({ min: 256, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(window, (settings) => {
      fc.pre(refusalOfWindow(settings) === null);
      const limit = historyLimit(settings);
      expect(limit).toBeGreaterThanOrEqual(256);
      expect(limit + settings.maxOutputTokens).toBeLessThan(settings.contextTokens);
    }),
  );
});
