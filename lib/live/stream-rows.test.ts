import { describe, expect, test, vi } from "vitest";
import type { Clock } from "#lib/clock.ts";
import { HEARTBEAT } from "./rules.ts";
import { HEARTBEAT_EVERY, PAGE, streamRows } from "./stream-rows.ts";

interface Row {
  readonly seq: number;
}

/** A table with a doorbell, and a clock whose sleeps end when the test says so. */
function stage() {
  const rows: Row[] = [];
  const wakes = new Set<() => void>();
  const sleeps: { milliseconds: number; done: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push({ milliseconds, done: resolve });
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
  const read = vi.fn(async (after: number, limit: number) =>
    rows.filter(({ seq }) => seq > after).slice(0, limit),
  );
  const life = new AbortController();
  const add = (count: number) => {
    for (let i = 0; i < count; i++) rows.push({ seq: rows.length + 1 });
  };
  const ring = () => {
    for (const wake of [...wakes]) wake();
  };
  const start = (after = 0, beside?: () => Promise<string>) =>
    streamRows<Row>({
      read,
      ...(beside ? { beside } : {}),
      after,
      subscribe: (wake) => {
        wakes.add(wake);
        return () => void wakes.delete(wake);
      },
      clock,
      signal: life.signal,
    });
  return { read, wakes, sleeps, life, add, ring, start };
}

const numbers = (text: string | undefined) =>
  [...(text ?? "").matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

async function next(stream: AsyncGenerator<string>): Promise<string> {
  const { value, done } = await stream.next();
  return done ? "[end]" : value;
}

describe("rows as a stream", () => {
  test("come in pages, in order, without gap or duplicate", async () => {
    const { add, start, life } = stage();
    add(2 * PAGE + 3);
    const stream = start(1);
    await next(stream);
    const pages = [await next(stream), await next(stream), await next(stream)].map(numbers);
    expect(pages.map((page) => page.length)).toEqual([PAGE, PAGE, 2]);
    expect(pages.flat()).toEqual(Array.from({ length: 2 * PAGE + 2 }, (_, index) => index + 2));
    life.abort();
  });

  test("a reader who does not pull makes no reads: one page is all that waits", async () => {
    const { add, start, read, ring } = stage();
    add(10 * PAGE);
    const stream = start();
    await next(stream);
    await next(stream);
    ring();
    await new Promise((resolve) => setImmediate(resolve));
    expect(read).toHaveBeenCalledOnce();
    await stream.return(undefined);
  });

  test("what goes beside them comes at each wake-up, also where no row is new", async () => {
    const { add, start, ring } = stage();
    add(1);
    const texts = ["event: drift\ndata: 1\n\n", "", "event: drift\ndata: 2\n\n"];
    const stream = start(0, async () => texts.shift() ?? "");
    await next(stream);
    expect(numbers(await next(stream))).toEqual([1]);
    expect(await next(stream)).toBe("event: drift\ndata: 1\n\n");
    const waiting = next(stream);
    ring();
    await expect.poll(() => texts.length).toBe(1);
    ring();
    expect(await waiting).toBe("event: drift\ndata: 2\n\n");
    await stream.return(undefined);
  });

  test("a change between reading and waiting is not lost", async () => {
    const { add, start, read, ring } = stage();
    const stream = start();
    await next(stream);
    read.mockImplementationOnce(async () => {
      add(1); // committed after the page was read, notified before anybody waits
      ring();
      return [];
    });
    expect(numbers(await next(stream))).toEqual([1]);
    await stream.return(undefined);
  });

  test("a quiet stream says every 15 seconds that it lives", async () => {
    const { start, sleeps, add, ring } = stage();
    const stream = start();
    await next(stream);
    const quiet = next(stream);
    await expect.poll(() => sleeps.length).toBe(1);
    expect(sleeps[0]?.milliseconds).toBe(HEARTBEAT_EVERY);
    sleeps[0]?.done();
    expect(await quiet).toBe(HEARTBEAT);
    add(1);
    ring();
    expect(numbers(await next(stream))).toEqual([1]);
    await stream.return(undefined);
  });

  test("ends when its life ends, while it waits too, and lets go of the subscription", async () => {
    const { start, wakes, life } = stage();
    const stream = start();
    await next(stream);
    const waiting = next(stream);
    expect(wakes.size).toBe(1);
    life.abort();
    expect(await waiting).toBe("[end]");
    expect(wakes.size).toBe(0);
  });

  test("a stream whose life is over before it starts reads nothing", async () => {
    const { start, read, life } = stage();
    life.abort();
    const stream = start();
    await next(stream);
    expect(await next(stream)).toBe("[end]");
    expect(read).not.toHaveBeenCalled();
  });

  test("a failing read ends the stream and lets go", async () => {
    const { start, read, wakes } = stage();
    const stream = start();
    await next(stream);
    read.mockRejectedValueOnce(new Error("no database"));
    await expect(next(stream)).rejects.toThrow("no database");
    expect(wakes.size).toBe(0);
  });

  test("ends after the row that is the last", async () => {
    const { add, life } = stage();
    add(3);
    const rows = [{ seq: 1 }, { seq: 2 }];
    const stream = streamRows<Row>({
      read: async (after) => rows.filter(({ seq }) => seq > after),
      after: 0,
      subscribe: () => () => undefined,
      clock: { now: () => 0, sleep: () => new Promise(() => undefined) },
      signal: life.signal,
      isLast: ({ seq }) => seq === 2,
    });
    await next(stream);
    expect(numbers(await next(stream))).toEqual([1, 2]);
    expect(await next(stream)).toBe("[end]");
  });
});
