import { describe, expect, test } from "vitest";
import type { Clock } from "#lib/clock.ts";
import { NewEvent } from "#lib/protocol/events.ts";
import { createOutputEvents } from "./output-events.ts";

/** Time passes when the test says so. */
function handClock() {
  let tick: () => void = () => {};
  const clock: Clock = {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        tick = resolve;
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
  return { clock, pass: () => tick() };
}

function record() {
  const events: NewEvent[] = [];
  const emit = async (event: NewEvent) => {
    events.push(NewEvent.parse(event));
  };
  const texts = () => events.map(({ body }) => ("text" in body ? body.text : ""));
  return { events, emit, texts };
}

describe("output as events", () => {
  test("many small writes become one event after a moment", async () => {
    const { emit, texts } = record();
    const { clock, pass } = handClock();
    const output = createOutputEvents(1, clock, emit);
    for (const line of ["one\n", "two\n", "three\n"]) await output.add("stdout", line);
    expect(texts()).toEqual([]);
    pass();
    await expect.poll(texts).toEqual(["one\ntwo\nthree\n"]);
    await output.finish();
    expect(texts()).toEqual(["one\ntwo\nthree\n"]);
  });

  test("a page goes at once", async () => {
    const { emit, events } = record();
    const output = createOutputEvents(1, handClock().clock, emit);
    await output.add("stderr", "x".repeat(20_000));
    expect(events.map(({ body }) => "text" in body && body.text.length)).toEqual([8192, 8192, 3616]);
    await output.finish();
  });

  test("what is left goes at the end, each stream by itself", async () => {
    const { emit, events } = record();
    const output = createOutputEvents(7, handClock().clock, emit);
    await output.add("stdout", "out");
    await output.add("stderr", "err");
    await output.finish();
    expect(events).toEqual([
      { kind: "command_output", body: { command: 7, stream: "stdout", text: "out" } },
      { kind: "command_output", body: { command: 7, stream: "stderr", text: "err" } },
    ]);
  });

  test("probe: NUL and halves of characters cannot break the store", async () => {
    const { emit, texts } = record();
    const output = createOutputEvents(1, handClock().clock, emit);
    await output.add("stdout", `a\0b${"x".repeat(8188)}😀`);
    await output.finish();
    expect(texts().join("")).toContain("a␀b");
    expect(texts().every((text) => text.isWellFormed())).toBe(true);
  });

  test("a failure to send comes out at the end", async () => {
    const { clock, pass } = handClock();
    const output = createOutputEvents(1, clock, () => Promise.reject(new Error("the spool is gone")));
    await output.add("stdout", "x");
    pass();
    await expect(output.finish()).rejects.toThrow("the spool is gone");
  });
});
