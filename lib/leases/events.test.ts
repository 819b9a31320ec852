// Batches of events as a network delivers them: twice, late, in another order, cut off.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { storedBatch } from "../events/proof.ts";
import { listEvents, listStoredEvents } from "../events/service.ts";
import type { Assignment, EventBatch } from "../protocol/schema.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { entriesAbout, leaseOf } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { appendRunnerEvents } from "./service.ts";

const scene = await runScene();
const { database, seed, runner } = scene;

async function fresh(): Promise<Assignment> {
  return leaseOf(runner, await scene.launched(), "agent");
}

/** The batch of notes `first` to `last`; each says its number. */
const notes = (first: number, last: number): EventBatch => ({
  attempt: 1,
  first,
  events: Array.from({ length: last - first + 1 }, (_, nth) => ({
    at: "2026-03-02T09:00:00Z",
    event: { kind: "note", body: { text: `${first + nth}` } },
  })),
});

const send = ({ leaseId }: Assignment, batch: EventBatch) => appendRunnerEvents(runner, leaseId, batch);

async function storedNotes(runId: string): Promise<string[]> {
  const events = await listEvents(seed, runId, 0, 10_000);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1)); // no gap, no duplicate
  return events.flatMap((event) => (event.kind === "note" ? [event.body.text] : []));
}

/** Every batch the record binds is stored exactly as it says, and together they are all events. */
async function expectBound(runId: string): Promise<void> {
  const events = await listEvents(seed, runId, 0, 10_000);
  let next = 1;
  for (const { kind, detail } of await entriesAbout(database, `run:${runId}`)) {
    if (kind !== "run.events_appended") continue;
    const { from, to, root } = detail as { from: number; to: number; root: string };
    expect(from).toBe(next);
    const batch = await listStoredEvents(seed, runId, from, to);
    expect(storedBatch(batch)?.root.toString("hex")).toBe(root);
    next = to + 1;
  }
  expect(next).toBe(events.length + 1);
}

const numbers = (last: number): string[] => Array.from({ length: last }, (_, nth) => `${nth + 1}`);

describe("event batches", () => {
  test("sent again change nothing; overlapping ones add what is new; a gap is refused with what is missing", async () => {
    const lease = await fresh();
    expect(await send(lease, notes(1, 3))).toEqual({ acknowledged: 3 });
    expect(await send(lease, notes(1, 3))).toEqual({ acknowledged: 3 });
    expect(await send(lease, notes(2, 5))).toEqual({ acknowledged: 5 });
    expect(await send(lease, notes(1, 2))).toEqual({ acknowledged: 5 });
    await expect(send(lease, notes(7, 8))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Send from 6"),
    });
    expect(await storedNotes(lease.runId)).toEqual(numbers(5));
    await expectBound(lease.runId);
    await cancelRun(seed, { runId: lease.runId, reason: "enough" });
  });

  test("one batch sent many times at once is stored once", async () => {
    const lease = await fresh();
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(lease, notes(1, 4))));
    expect(new Set(answers.map(({ acknowledged }) => acknowledged))).toEqual(new Set([4]));
    expect(await storedNotes(lease.runId)).toEqual(numbers(4));
    await cancelRun(seed, { runId: lease.runId, reason: "enough" });
  });

  test("probe: duplicated, delayed and reordered as one likes, what was acknowledged is stored once, in order", async () => {
    const deliveries = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async (ranges) => {
        const lease = await fresh();
        let acknowledged = 0;
        for (const [first, more] of ranges) {
          const [result] = await Promise.allSettled([send(lease, notes(first, first + more))]);
          if (first > acknowledged + 1) {
            expect(result).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
            continue;
          }
          acknowledged = Math.max(acknowledged, first + more);
          expect(result).toMatchObject({ status: "fulfilled", value: { acknowledged } });
        }
        expect(await storedNotes(lease.runId)).toEqual(numbers(acknowledged));
        await expectBound(lease.runId);
        await cancelRun(seed, { runId: lease.runId, reason: "enough" });
      }),
      { numRuns: 12 },
    );
  });

  test("in flight together they are stored in order, whatever overtakes what", async () => {
    const lease = await fresh();
    const parts = [notes(1, 2), notes(3, 3), notes(1, 4), notes(4, 6), notes(2, 3)];
    await Promise.allSettled(parts.map((part) => send(lease, part)));
    for (const part of parts) await send(lease, part); // a runner sends until it is acknowledged
    expect(await storedNotes(lease.runId)).toEqual(numbers(6));
    await expectBound(lease.runId);
    await cancelRun(seed, { runId: lease.runId, reason: "enough" });
  });
});
