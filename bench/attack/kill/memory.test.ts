import { expect, test } from "vitest";
import { acknowledgedIn, createMemory } from "./memory.ts";

test("whoever waits for a step hears its next call, once, and everybody who waits does", async () => {
  const memory = createMemory();
  const { signal } = new AbortController();
  memory.call("batch_sent"); // nobody waits
  const both = Promise.all([memory.next("batch_sent", signal), memory.next("batch_sent", signal)]);
  memory.call("entry_sent");
  memory.call("batch_sent");
  expect(await both).toEqual([true, true]);
});

test("a step that does not come before the signal is not waited for", async () => {
  const memory = createMemory();
  const given = new AbortController();
  const waiting = memory.next("batch_sent", given.signal);
  given.abort();
  expect(await waiting).toBe(false);
  expect(await memory.next("batch_sent", given.signal)).toBe(false);
});

test("only what was acknowledged is counted", () => {
  const memory = createMemory();
  memory.entries.push({ mark: "a", isAcknowledged: true }, { mark: "b", isAcknowledged: false });
  memory.batches.push({ runId: "r", texts: ["x", "y"], isAcknowledged: true });
  memory.batches.push({ runId: "r", texts: ["z"], isAcknowledged: false });
  expect(acknowledgedIn(memory)).toEqual({ entries: 1, events: 2, decisions: 0, blobs: 0 });
});
