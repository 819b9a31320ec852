import { expect, test } from "vitest";
import { MINUTE } from "#lib/clock.ts";
import { floodGate } from "./flood.ts";

test("each key is written so often a minute, and what was left out is counted once", () => {
  const gate = floodGate(2);
  expect([1, 2, 3, 4].map((at) => gate("a", at).write)).toEqual([true, true, false, false]);
  expect(gate("b", 4).write).toBe(true);
  expect(gate("a", 1 + MINUTE)).toEqual({ write: true, unwritten: 2 });
  expect(gate("a", 2 + MINUTE)).toEqual({ write: true, unwritten: 0 });
});

test("probe: a stream of new keys keeps the memory bounded and forgets the oldest first", () => {
  const gate = floodGate(1);
  for (let i = 0; i < 10_001; i++) expect(gate(`key ${i}`, i).write).toBe(true);
  expect(gate("key 10000", 10_001).write).toBe(false);
  expect(gate("key 0", 10_001).write).toBe(true);
});
