import { expect, test } from "vitest";
import { NewEvent } from "#lib/protocol/events.ts";
import { EventBatch } from "#lib/protocol/schema.ts";
import { BATCH, outputEvents } from "./load.ts";

test("a batch is one that a runner may send, of about a kilobyte an event", () => {
  const events = outputEvents(1, BATCH);
  expect(EventBatch.parse({ attempt: 1, first: 1, events }).events).toHaveLength(BATCH);
  for (const { event } of events) {
    const bytes = JSON.stringify(NewEvent.parse(event).body).length;
    expect(bytes).toBeGreaterThan(900);
    expect(bytes).toBeLessThan(1200);
  }
});

test("the same seed gives the same batch, another seed another", () => {
  expect(outputEvents(3, 2)).toEqual(outputEvents(3, 2));
  expect(outputEvents(3, 2)).not.toEqual(outputEvents(4, 2));
});
