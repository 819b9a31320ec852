import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "../protocol/events.ts";
import { eventNumber, findPlaced, placedOf, withEvents } from "./placed.ts";
import { timelineOf } from "./rules.ts";

const at = (seq: number) => new Date(Date.parse("2026-11-19T08:00:00Z") + seq * 1000).toISOString();
const told = (attempt: number, seq: number, event: NewEvent) =>
  ({ ...event, seq, attempt, at: at(seq), observedBy: "runner" }) as RunEvent;
const story = (...parts: [attempt: number, event: NewEvent][]): RunEvent[] =>
  parts.map(([attempt, event], index) => told(attempt, index + 1, event));

const begun: NewEvent = { kind: "attempt_started", body: { phase: "agent", runner: "rn-1", tier: "strong" } };
const over: NewEvent = { kind: "attempt_ended", body: { phase: "agent", reason: "lost" } };
const step = (number: number): NewEvent => ({
  kind: "step_started",
  body: { step: number, title: "A step" },
});
const done = (number: number): NewEvent => ({
  kind: "step_finished",
  body: { step: number, outcome: "done", detail: "" },
});
const run = (command: number): NewEvent => ({
  kind: "command_started",
  body: { command, argv: ["true"], tree: "base", purpose: "" },
});
const print = (command: number, text = "x"): NewEvent => ({
  kind: "command_output",
  body: { command, stream: "stdout", text },
});
const exit = (command: number): NewEvent => ({
  kind: "command_finished",
  body: { command, exit: 0, ended: "itself", milliseconds: 1, dropped: 0 },
});
const note: NewEvent = { kind: "note", body: { text: "hm" } };
const rowsOf = (events: readonly RunEvent[]) => placedOf(events).rows;

describe("the row of an event", () => {
  test("is its own, or the one it adds to: output and end of a command, the end of a step", () => {
    const events = story(
      ...[begun, step(1), run(1), print(1), note, run(2), print(1), print(2), exit(1), done(1)].map(
        (event) => [1, event] as [number, NewEvent],
      ),
    );
    expect(rowsOf(events)).toEqual([1, 2, 3, 3, 5, 6, 3, 6, 3, 2]);
    expect(findPlaced(placedOf(events), 7)).toMatchObject({ row: 3, ofRow: [3, 4, 7, 9], event: { seq: 7 } });
  });

  test("is the one of its own attempt, however alike they count", () => {
    const events = story(
      ...([
        [1, begun],
        [1, step(1)],
        [1, run(1)],
        [1, over],
      ] as [number, NewEvent][]),
      ...([
        [2, begun],
        [2, step(1)],
        [2, run(1)],
        [2, print(1)],
      ] as [number, NewEvent][]),
    );
    expect(rowsOf(events)).toEqual([1, 2, 3, 4, 5, 6, 7, 7]);
  });

  test("before any step is the item's, and an attempt's end is its own though it ends steps", () => {
    expect(rowsOf(story([1, note], [1, note], [1, over]))).toEqual([1, 2, 3]);
  });

  test("is none where nothing of it is shown", () => {
    const events = story([1, print(9)], [1, note]);
    expect(findPlaced(placedOf(events), 1)).toMatchObject({ row: null, ofRow: [1], event: { seq: 1 } });
    expect(findPlaced(placedOf(events), 3)).toBeNull();
  });

  test("a text that was taken away stands where it stood", () => {
    const taken: object = { kind: "command_output", body: { ...print(1).body, redacted: true } };
    const events = story([1, step(1)], [1, run(1)], [1, taken as NewEvent]);
    expect(findPlaced(placedOf(events), 3)).toMatchObject({ row: 2, event: { body: { redacted: true } } });
  });
});

const anyEvent = fc.oneof(
  ...[begun, over, note].map((event) => fc.constant(event)),
  ...[step, done, run, print, exit].map((make) => fc.integer({ min: 1, max: 3 }).map((n) => make(n))),
);

test("property: in whatever pieces events arrive, timeline and rows are the same, and every row exists", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), anyEvent), { maxLength: 40 }),
      fc.nat(40),
      (parts, cut) => {
        const events = story(...parts);
        const whole = placedOf(events);
        expect(withEvents(placedOf(events.slice(0, cut)), events)).toEqual(whole);
        expect(whole.timeline).toEqual(timelineOf(events));
        const rows = whole.timeline.entries.flatMap((entry) =>
          entry.kind === "step" ? [entry.seq, ...entry.items.map(({ seq }) => seq)] : [entry.seq],
        );
        for (const row of whole.rows) if (row !== null) expect(rows).toContain(row);
        for (const row of rows) expect(whole.rows[row - 1]).toBe(row);
      },
    ),
  );
});

test("probe: what is no number of an event opens none", () => {
  expect(["7", "123456789"].map(eventNumber)).toEqual([7, 123_456_789]);
  for (const text of [null, "", "0", "-1", "1.5", "1e3", " 1", "9999999999", "<b>"])
    expect(eventNumber(text)).toBeNull();
});
