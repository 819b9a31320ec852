import { expect, test } from "vitest";
import { createLineQueue } from "./line-queue.ts";

async function rest(queue: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of queue) lines.push(line);
  return lines;
}

test("what was put in is read in order, also what comes while it is waited for", async () => {
  const queue = createLineQueue();
  queue.push("one");
  const reading = rest(queue);
  queue.push("two");
  await Promise.resolve();
  queue.push("three");
  queue.end();
  expect(await reading).toEqual(["one", "two", "three"]);
});

test("an end with a reason throws it, after everything that came before", async () => {
  const queue = createLineQueue();
  queue.push("one");
  queue.end(new Error("the sandbox ended"));
  const reader = queue[Symbol.asyncIterator]();
  expect(await reader.next()).toEqual({ value: "one", done: false });
  await expect(reader.next()).rejects.toThrow("the sandbox ended");
});

test("nothing is taken after the end", async () => {
  const queue = createLineQueue();
  queue.end();
  queue.push("late");
  queue.end(new Error("twice"));
  expect(await rest(queue)).toEqual([]);
});

test("says how much waits, and when that became less", async () => {
  const queue = createLineQueue();
  queue.push("x".repeat(1000));
  expect(queue.waiting()).toBeGreaterThan(1000);
  const moved = queue.moved();
  await queue[Symbol.asyncIterator]().next();
  await moved;
  expect(queue.waiting()).toBe(0);
});
