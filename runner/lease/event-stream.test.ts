import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { refused } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { EventBatch } from "#lib/protocol/schema.ts";
import { testFolder, until } from "#lib/testing/runner/parts.ts";
import { note } from "#lib/testing/runner/rig.ts";
import { createEventStream, type EventStream, type EventStreamOptions } from "./event-stream.ts";
import { openSpool, type Spool } from "./spool.ts";

type Send = EventStreamOptions["send"];

interface Streamed {
  readonly stream: EventStream;
  readonly spool: Spool;
  readonly batches: Omit<EventBatch, "attempt">[];
  readonly broken: unknown[];
}

/** A stream whose plane acknowledges everything, unless the test says otherwise. */
async function start(changes: Partial<EventStreamOptions> = {}, send?: Send): Promise<Streamed> {
  const spool = changes.spool ?? (await openSpool(join(testFolder(), "events")));
  const batches: Omit<EventBatch, "attempt">[] = [];
  const broken: unknown[] = [];
  const stream = createEventStream({
    spool,
    send: async (batch) => {
      batches.push(batch);
      return send === undefined ? batch.first + batch.events.length - 1 : send(batch);
    },
    clock: systemClock,
    outputBytes: 1_000_000,
    onBroken: (error) => broken.push(error),
    ...changes,
  });
  onTestFinished(() => stream.close());
  return { stream, spool, batches, broken };
}

const eventsOf = ({ batches }: Streamed): NewEvent[] =>
  batches.flatMap(({ events }) => events.map(({ event }) => event));
const output = (text: string, stream: "stdout" | "stderr" = "stdout"): NewEvent => ({
  kind: "command_output",
  body: { command: 1, stream, text },
});

describe("the event stream", () => {
  test("sends events in order in batches the plane accepts, numbered without gap", async () => {
    const streamed = await start();
    for (let i = 1; i <= 950; i++) await streamed.stream.emit(note(`event ${i}`));
    await streamed.stream.drain();
    expect(eventsOf(streamed)).toEqual(Array.from({ length: 950 }, (_, i) => note(`event ${i + 1}`)));
    let next = 1;
    for (const batch of streamed.batches) {
      expect(EventBatch.safeParse({ attempt: 1, ...batch }).success).toBe(true);
      expect(batch.first).toBe(next);
      next += batch.events.length;
    }
  });

  test("keeps a batch below 256 KB", async () => {
    const streamed = await start();
    for (let i = 0; i < 300; i++) await streamed.stream.emit(note("x".repeat(4000)));
    await streamed.stream.drain();
    expect(eventsOf(streamed)).toHaveLength(300);
    for (const batch of streamed.batches) expect(JSON.stringify(batch).length).toBeLessThan(257 * 1024);
  });

  test("dates every event", async () => {
    const streamed = await start({ clock: { ...systemClock, now: () => Date.UTC(2030, 0, 2) } });
    await streamed.stream.emit(note("now"));
    await streamed.stream.drain();
    expect(streamed.batches[0]?.events[0]?.at).toBe("2030-01-02T00:00:00.000Z");
  });

  test("gathers small outputs of a stream into one event and cuts large ones", async () => {
    const streamed = await start();
    for (const text of ["one ", "two ", "three"]) await streamed.stream.emit(output(text));
    await streamed.stream.emit(output("err", "stderr"));
    await streamed.stream.emit(output("x".repeat(40_000)));
    await streamed.stream.drain();
    const texts = eventsOf(streamed).map((event) =>
      event.kind === "command_output" ? event.body.text.length : 0,
    );
    expect(texts).toEqual([13, 3, 16_384, 16_384, 7232]);
  });

  test("loses nothing of an output, however it is cut into events", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })),
        async (texts) => {
          const streamed = await start();
          for (const text of texts) await streamed.stream.emit(output(text));
          await streamed.stream.drain();
          const sent = eventsOf(streamed).map((event) =>
            event.kind === "command_output" ? event.body.text : "",
          );
          expect(sent.join("")).toBe(texts.join(""));
        },
      ),
      { numRuns: 20 },
    );
  });

  test("counts a flood of output into the end of its command", async () => {
    const streamed = await start({ outputBytes: 20_000 });
    for (let i = 0; i < 100; i++) await streamed.stream.emit(output("x".repeat(10_000)));
    const end = { command: 1, exit: 0, ended: "itself", milliseconds: 5, dropped: 3 } as const;
    await streamed.stream.emit({ kind: "command_finished", body: end });
    await streamed.stream.drain();
    expect(eventsOf(streamed).at(-1)).toEqual({
      kind: "command_finished",
      body: { ...end, dropped: 980_003 },
    });
  });

  test("sends the rest again when only a part was acknowledged", async () => {
    let isFirst = true;
    const streamed = await start({}, async ({ first, events }) => {
      const partly = isFirst;
      isFirst = false;
      return partly ? first : first + events.length - 1;
    });
    for (const text of ["a", "b", "c"]) await streamed.stream.emit(note(text));
    await streamed.stream.drain();
    expect(streamed.batches.map(({ first, events }) => [first, events.length])).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });

  test("takes an old acknowledgement for no progress and sends the same again", async () => {
    const answers = [1, 0, 1, 2];
    const streamed = await start({}, async () => answers.shift() ?? 99);
    await streamed.stream.emit(note("a"));
    await streamed.stream.drain();
    await streamed.stream.emit(note("b"));
    await streamed.stream.drain();
    expect(streamed.batches.map(({ first, events }) => [first, events.length])).toEqual([
      [1, 1],
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
  });

  test("holds emitters back while too much is unsent, and lets them go on", async () => {
    const gate = Promise.withResolvers<void>();
    const streamed = await start({ maxUnsentBytes: 10_000 }, async ({ first, events }) => {
      await gate.promise;
      return first + events.length - 1;
    });
    let emitted = 0;
    const emitting = (async () => {
      for (; emitted < 30; emitted++) await streamed.stream.emit(note("x".repeat(1000)));
    })();
    await until(() => streamed.batches.length > 0);
    expect(emitted).toBeLessThan(11);
    gate.resolve();
    await emitting;
    await streamed.stream.drain();
    expect(eventsOf(streamed)).toHaveLength(30);
  });

  test("has drained at once when nothing was emitted", async () => {
    const streamed = await start();
    await streamed.stream.drain();
    expect(streamed.batches).toEqual([]);
  });

  test("takes no event after it was closed, and frees who waits", async () => {
    const streamed = await start({ maxUnsentBytes: 10 }, () => new Promise(() => undefined));
    const waiting = expect(streamed.stream.emit(note("held back"))).rejects.toThrow("closed");
    const draining = expect(streamed.stream.drain()).rejects.toThrow("closed");
    const hanging = streamed.stream.close();
    await Promise.all([waiting, draining]);
    await expect(streamed.stream.emit(note("late"))).rejects.toThrow("closed");
    expect(hanging).toBeInstanceOf(Promise);
  });
});

describe("a broken stream", () => {
  test("says once why, and refuses what comes after", async () => {
    const reason = refused("Event 1 is not usable.");
    const streamed = await start({}, () => Promise.reject(reason));
    await streamed.stream.emit(note("a"));
    await expect(streamed.stream.drain()).rejects.toBe(reason);
    await expect(streamed.stream.emit(note("b"))).rejects.toBe(reason);
    expect(streamed.broken).toEqual([reason]);
  });

  test("is what a disk without room makes of it", async () => {
    const inner = await openSpool(join(testFolder(), "events"));
    const spool: Spool = {
      ...inner,
      append: () => Promise.reject(new Error("ENOSPC: no space left on device")),
    };
    const streamed = await start({ spool });
    await streamed.stream.emit(note("a"));
    await expect(streamed.stream.drain()).rejects.toThrow("ENOSPC");
    expect(streamed.broken).toHaveLength(1);
    expect(streamed.batches).toEqual([]);
  });

  test("probe: a plane that acknowledges what was never sent breaks it", async () => {
    const streamed = await start({}, async () => 7);
    await streamed.stream.emit(note("a"));
    await expect(streamed.stream.drain()).rejects.toThrow("never sent");
  });

  test.each<[string, NewEvent]>([
    ["too long", note("x".repeat(4001))],
    ["of no kind", { kind: "gossip", body: {} } as unknown as NewEvent],
    ["the plane's own", { kind: "status_changed", body: { from: "working", to: "merged", reason: "" } }],
  ])("probe: an event that is %s is refused before it is queued", async (_name, event) => {
    const streamed = await start();
    await expect(streamed.stream.emit(event)).rejects.toMatchObject({ code: "bad_input" });
    await streamed.stream.emit(note("fine"));
    await streamed.stream.drain();
    expect(eventsOf(streamed)).toEqual([note("fine")]);
  });
});
