import { expect, test } from "vitest";
import type { RunEvent } from "#lib/protocol/events.ts";
import { eventLine } from "./event-line.ts";

const event = (body: object): RunEvent =>
  ({
    seq: 7,
    attempt: 1,
    at: "2030-01-01T00:00:00.000Z",
    observedBy: "runner",
    kind: "note",
    body,
  }) as RunEvent;

test("a line holds an event's texts on one line, and is short", () => {
  expect(eventLine(event({ text: "one\n  two", more: { deep: ["three"] }, n: 1 }))).toEqual({
    ...{ seq: 7, kind: "note", text: "one two · three", isTaken: false },
  });
  expect(eventLine(event({ text: "x".repeat(1000) })).text).toHaveLength(241);
});

test("what was taken away says so", () => {
  expect(eventLine(event({ text: "[taken away]", redacted: true }))).toMatchObject({ isTaken: true });
});
