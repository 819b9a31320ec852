import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../protocol/events.ts";
import { batchDigest, numbered, storable } from "./rules.ts";

const note = (text: string) => ({
  at: "2030-01-01T00:00:00.000Z",
  event: { kind: "note" as const, body: { text } },
});

describe("numbering a batch", () => {
  it("is gap-free from its first number", () => {
    const events = numbered(7, 2, "runner", [note("a"), note("b"), note("c")]);
    expect(events.map((event) => event.seq)).toEqual([7, 8, 9]);
    expect(events.every((event) => event.attempt === 2 && event.observedBy === "runner")).toBe(true);
  });

  it("writes times in milliseconds and UTC, whatever offset they came with", () => {
    const [event] = numbered(1, 1, "runner", [{ ...note("a"), at: "2030-01-01T02:00:00+02:00" }]);
    expect(event?.at).toBe("2030-01-01T00:00:00.000Z");
  });
});

describe("the digest of a batch", () => {
  const events = numbered(1, 1, "runner", [note("a"), note("b")]) as [RunEvent, RunEvent];

  it("survives a round trip through JSON with keys in another order", () => {
    const shuffled = events.map((event) =>
      JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(event).reverse()))),
    );
    expect(batchDigest(shuffled)).toBe(batchDigest(events));
  });

  it("changes with any text, number, time, observer or order", () => {
    const [first, second] = events;
    const others: RunEvent[][] = [
      [second, first],
      [{ ...first, seq: 9 }, second],
      [{ ...first, at: "2030-01-01T00:00:00.001Z" }, second],
      [{ ...first, observedBy: "worker" }, second],
      numbered(1, 1, "runner", [note("a"), note("B")]),
      [first],
    ];
    for (const other of others) expect(batchDigest(other)).not.toBe(batchDigest(events));
  });
});

describe("what Postgres can hold", () => {
  it("probe: no NUL and no lone surrogate is left anywhere, keys included", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.string({ unit: "binary" }), (value, key) => {
        const text = JSON.stringify(storable({ [`${key}\u0000\ud800`]: value, deep: ["\u0000", "\udfff"] }));
        expect(text).not.toContain("\\u0000");
        expect(text).not.toMatch(/\\u[dD][89a-fA-F]/);
      }),
    );
  });

  it("leaves ordinary text as it is", () => {
    expect(storable({ a: ["é €", 1, null, true] })).toEqual({ a: ["é €", 1, null, true] });
  });
});
