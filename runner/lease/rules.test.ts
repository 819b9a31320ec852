import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewEvent } from "#lib/protocol/events.ts";
import {
  contactState,
  createOutputGate,
  cutText,
  type EndKind,
  isSilent,
  MAX_OUTPUT_TEXT,
  mergeOutput,
  secondsToHandIn,
  untilNextState,
} from "./rules.ts";

const output = (text: string, command = 1, stream: "stdout" | "stderr" = "stdout"): NewEvent => ({
  kind: "command_output",
  body: { command, stream, text },
});

const finished = (command = 1, dropped = 0): NewEvent => ({
  kind: "command_finished",
  body: { command, exit: 0, ended: "itself", milliseconds: 1, dropped },
});

const textOf = (event: NewEvent) => (event.kind === "command_output" ? event.body.text : "");

describe("contact", () => {
  test.each([
    [0, "in_contact"],
    [9_999, "in_contact"],
    [10_000, "paused"],
    [19_999, "paused"],
    [20_000, "lost"],
    [3_600_000, "lost"],
  ])("after %i ms of silence with a pause at 10 s is %s", (silent, state) => {
    expect(contactState(silent, 10_000)).toBe(state);
  });

  test("never gets better while nothing is heard, and changes exactly when the wait is over", () => {
    const rank = { in_contact: 0, paused: 1, lost: 2 };
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 50_000 }), (silent, pauseAfter) => {
        const now = contactState(silent, pauseAfter);
        const wait = untilNextState(silent, pauseAfter);
        if (now === "lost") {
          expect(wait).toBe(0);
          return;
        }
        expect(rank[contactState(silent + wait, pauseAfter)]).toBe(rank[now] + 1);
        expect(contactState(silent + wait - 1, pauseAfter)).toBe(now);
      }),
    );
  });
});

test.each<[EndKind, boolean]>([
  ["cancelled", false],
  ["time_used_up", false],
  ["broken", false],
  ["fenced", true],
  ["contact_lost", true],
  ["shutting_down", true],
])("an end by %s is silent: %s", (kind, silent) => {
  expect(isSilent(kind)).toBe(silent);
});

describe("a long output", () => {
  test("is cut into pieces that make it again, none too long and none ending in half a character", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 200 }),
        fc.integer({ min: 2, max: 50 }),
        (text, max) => {
          const pieces = cutText(text, max);
          expect(pieces.join("")).toBe(text);
          for (const piece of pieces) {
            expect(piece.length).toBeGreaterThan(0);
            expect(piece.length).toBeLessThanOrEqual(max);
            expect(piece.isWellFormed()).toBe(text.isWellFormed());
          }
        },
      ),
    );
  });

  test("probe: made of half surrogates alone still comes to an end", () => {
    expect(cutText("\ud800".repeat(5), 1).join("")).toBe("\ud800".repeat(5));
    expect(cutText("\ud800".repeat(5), 2).join("")).toBe("\ud800".repeat(5));
  });
});

describe("short outputs", () => {
  test("of one stream become one event up to the longest text", () => {
    expect(mergeOutput(output("a"), output("b"))).toEqual(output("ab"));
    const long = output("x".repeat(MAX_OUTPUT_TEXT - 1));
    expect(mergeOutput(long, output("y"))).not.toBeNull();
    expect(mergeOutput(long, output("yy"))).toBeNull();
  });

  test("of different commands or streams, and other events, stay apart", () => {
    expect(mergeOutput(output("a"), output("b", 2))).toBeNull();
    expect(mergeOutput(output("a"), output("b", 1, "stderr"))).toBeNull();
    expect(mergeOutput(output("a"), finished())).toBeNull();
    expect(mergeOutput(finished(), output("b"))).toBeNull();
  });
});

describe("the output gate", () => {
  test("lets everything but output pass untouched", () => {
    const note: NewEvent = { kind: "note", body: { text: "x" } };
    expect(createOutputGate(1).pass(note)).toEqual([note]);
  });

  test("keeps output up to the limit and counts the rest into the end of the command", () => {
    const gate = createOutputGate(10);
    expect(gate.pass(output("12345678"))).toEqual([output("12345678")]);
    expect(gate.pass(output("abc"))).toEqual([]);
    expect(gate.pass(output("later"))).toEqual([]);
    expect(gate.pass(finished(1, 100))).toEqual([finished(1, 108)]);
  });

  test("measures each stream of each command for itself, in bytes", () => {
    const gate = createOutputGate(4);
    expect(gate.pass(output("ééé"))).toEqual([]);
    expect(gate.pass(output("éé", 1, "stderr"))).toHaveLength(1);
    expect(gate.pass(output("abcd", 2))).toHaveLength(1);
    expect(gate.pass(finished(1))).toEqual([finished(1, 6)]);
    expect(gate.pass(finished(2))).toEqual([finished(2, 0)]);
  });

  test("probe: loses no byte from the count, whatever comes in whatever pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), fc.nat(200), (texts, limit) => {
        const gate = createOutputGate(limit);
        const kept = texts.flatMap((text) => gate.pass(output(text)));
        const [end] = gate.pass(finished());
        const bytes = (list: readonly string[]) =>
          list.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
        const dropped = end?.kind === "command_finished" ? end.body.dropped : -1;
        expect(bytes(kept.map(textOf))).toBeLessThanOrEqual(limit);
        expect(bytes(kept.map(textOf)) + dropped).toBe(bytes(texts));
        expect(texts.join("").startsWith(kept.map(textOf).join(""))).toBe(true);
      }),
    );
  });
});

test("the end of the time leaves a minute to hand in, less where there is less", () => {
  expect([86_400, 1800, 600, 60, 8].map(secondsToHandIn)).toEqual([60, 60, 60, 10, 2]);
});
