import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitmentOf, isInBatch, proveEvent, type StoredEvent, storedBatch } from "./proof.ts";
import { numbered, SALT_BYTES } from "./rules.ts";

const bytes = fc.uint8Array({ minLength: SALT_BYTES, maxLength: SALT_BYTES });
const batch = fc
  .array(fc.tuple(fc.string(), bytes), { minLength: 1, maxLength: 70 })
  .map((made): StoredEvent[] => {
    const events = made.map(([text]) => ({ kind: "note" as const, body: { text } }));
    const at = "2030-01-01T00:00:00.000Z";
    return numbered(
      5,
      1,
      "runner",
      events.map((event) => ({ at, event })),
    ).map((event, index) => ({ ...event, salt: made[index]?.[1] ?? null, commitment: null }));
  });
const batchAndPlace = batch.chain((events) =>
  fc.tuple(fc.constant(events), fc.nat({ max: events.length - 1 })),
);

/** What is left of an event whose text was taken away. */
const redacted = (event: StoredEvent): StoredEvent => ({
  ...event,
  body: { text: "[taken away]", redacted: true },
  salt: null,
  commitment: commitmentOf(event),
});

/** What the entry of the batch says. */
const entryOf = (events: readonly StoredEvent[]) => ({
  from: events[0]?.seq ?? 0,
  to: events.at(-1)?.seq ?? 0,
  root: storedBatch(events)?.root.toString("hex") ?? "",
});

describe("an event of a batch", () => {
  test("is proved down to the batch's root, and by its own leaf alone", async () => {
    await fc.assert(
      fc.asyncProperty(batchAndPlace, async ([events, index]) => {
        const event = events[index] as StoredEvent;
        const proof = await proveEvent(events, event.seq);
        if (!proof) throw new Error("no proof");
        const entry = entryOf(events);
        expect(isInBatch(entry, event, proof)).toBe(true);
        expect(isInBatch(entry, redacted(event), proof)).toBe(true);
        expect(isInBatch(entry, { ...event, body: { text: "another text altogether" } }, proof)).toBe(false);
        expect(isInBatch(entry, { ...event, seq: event.seq + 1 }, proof)).toBe(false);
        expect(isInBatch(entry, { ...event, observedBy: "worker" }, proof)).toBe(false);
        expect(isInBatch(entry, event, [...proof, Buffer.alloc(32)])).toBe(false);
        expect(isInBatch({ ...entry, root: "0".repeat(64) }, event, proof)).toBe(false);
      }),
    );
  });

  test("keeps batch and proof as they were when its text is taken away", async () => {
    await fc.assert(
      fc.asyncProperty(batchAndPlace, async ([events, index]) => {
        const left = events.with(index, redacted(events[index] as StoredEvent));
        expect(storedBatch(left)?.root.equals(storedBatch(events)?.root ?? Buffer.alloc(0))).toBe(true);
        for (const { seq } of events) {
          expect(await proveEvent(left, seq)).toEqual(await proveEvent(events, seq));
        }
      }),
    );
  });

  test("probe: the same text twice commits to two values, so that one cannot be guessed from the other", () => {
    fc.assert(
      fc.property(bytes, bytes, fc.string(), (one, other, text) => {
        fc.pre(Buffer.compare(one, other) !== 0);
        const event = { seq: 1, attempt: 1, at: "", observedBy: "runner", kind: "note" } as const;
        const committed = (salt: Uint8Array) =>
          Buffer.from(commitmentOf({ ...event, body: { text }, salt, commitment: null }) ?? []);
        expect(committed(one).equals(committed(other))).toBe(false);
      }),
    );
  });

  test("written before events were salted is not proved by itself, nor is its batch", async () => {
    await fc.assert(
      fc.asyncProperty(batchAndPlace, async ([events, index]) => {
        const old = events.with(index, { ...(events[index] as StoredEvent), salt: null });
        expect(storedBatch(old)).toBeNull();
        expect(await proveEvent(old, events[0]?.seq ?? 0)).toBeNull();
      }),
    );
  });

  test("that is not in the batch has no proof", async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (events) => {
        expect(await proveEvent(events, 4)).toBeNull();
      }),
    );
  });
});
