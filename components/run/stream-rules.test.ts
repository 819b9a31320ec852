import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVENT_KINDS } from "#lib/protocol/events.ts";
import { isEnded } from "#lib/runs/rules.ts";
import { RunStatus } from "#lib/runs/schema.ts";
import { isLast, parseMessage, retryDelay } from "./stream-rules.ts";

const event = (more: object = {}) => ({
  seq: 1,
  attempt: 1,
  at: "2026-11-19T08:00:00.000Z",
  observedBy: "runner",
  kind: "note",
  body: { text: "x" },
  ...more,
});

describe("messages of the live stream", () => {
  test("one event and a list of events are both read", () => {
    expect(parseMessage(JSON.stringify(event()))).toEqual([event()]);
    expect(parseMessage(JSON.stringify([event(), event({ seq: 2 })]))).toHaveLength(2);
    expect(parseMessage("[]")).toEqual([]);
  });

  test.each(EVENT_KINDS)("an event of kind %s is known here", (kind) => {
    expect(parseMessage(JSON.stringify(event({ kind, body: {} })))).toHaveLength(1);
  });

  test.each([
    ["no number", { seq: "1" }],
    ["a broken number", { seq: 1.5 }],
    ["an unknown kind", { kind: "rm_rf" }],
    ["a kind every object has", { kind: "constructor" }],
    ["no body", { body: null }],
    ["no time", { at: 5 }],
  ])("probe: an event with %s is refused", (_what, more) => {
    expect(() => parseMessage(JSON.stringify(event(more)))).toThrow("no event of a run");
  });

  test.each(RunStatus.options)("a change to %s ends the stream exactly when it ends the run", (to) => {
    const [change] = parseMessage(
      JSON.stringify(event({ kind: "status_changed", body: { from: "x", to, reason: "" } })),
    );
    expect(change && isLast(change)).toBe(isEnded(to));
  });

  test.each(["null", "5", '"id: 9"'])("probe: %s is no event", (data) => {
    expect(() => parseMessage(data)).toThrow();
  });
});

describe("trying again", () => {
  test("waits longer each time, up to a quarter of a minute", () => {
    expect([0, 1, 2, 10].map((tries) => retryDelay(tries, 1))).toEqual([500, 1000, 2000, 15_000]);
  });

  test("is never at once and never later than the full delay", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
        const delay = retryDelay(tries, random);
        expect(delay).toBeGreaterThanOrEqual(250);
        expect(delay).toBeLessThanOrEqual(15_000);
      }),
    );
  });
});
