import { expect, test } from "vitest";
import { baselineSpan } from "./baseline-rules.ts";

const activatedAt = new Date("2030-01-01T09:00:00Z");

test("a charter with days without agents has those as its baseline", () => {
  const baselineUntil = new Date("2030-01-15T00:00:00Z");
  expect(baselineSpan({ activatedAt, baselineUntil })).toEqual({ from: activatedAt, to: baselineUntil });
});

test("any other charter has the pilot's first seven days", () => {
  const to = new Date("2030-01-08T09:00:00Z");
  expect(baselineSpan({ activatedAt, baselineUntil: null })).toEqual({ from: activatedAt, to });
});
