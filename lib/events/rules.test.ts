import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchTree, eventCommitment, eventLeaf, numbered, SALT_BYTES, saltOf, storable } from "./rules.ts";

const note = (text: string) => ({
  at: "2030-01-01T00:00:00.000Z",
  event: { kind: "note" as const, body: { text } },
});

describe("numbering a batch", () => {
  it("is gap-free from its first number", () => {
    const events = numbered(7, 2, "runner", [note("a"), note("b"), note("c")]);
    expect(events.map((event) => event.seq)).toEqual([7, 8, 9]);
    expect(events.every((event) => event.attempt === 2 && event.observedBy === "runner")).toBe(true);
  });

  it("writes times in milliseconds and UTC, whatever offset they came with", () => {
    const [event] = numbered(1, 1, "runner", [{ ...note("a"), at: "2030-01-01T02:00:00+02:00" }]);
    expect(event?.at).toBe("2030-01-01T00:00:00.000Z");
  });
});

describe("what an event is bound by", () => {
  const [event] = numbered(1, 1, "runner", [note("a")]);
  const salt = Buffer.alloc(SALT_BYTES, 7);

  it("is the salted hash of its body's canonical text", () => {
    const expected = createHash("sha256").update(salt).update('{"text":"a"}').digest();
    expect(eventCommitment(salt, event?.body).equals(expected)).toBe(true);
  });

  it("is a leaf that names everything about it but the body", () => {
    if (!event) throw new Error("no event");
    const commitment = eventCommitment(salt, event.body);
    expect(eventLeaf(event, commitment).toString()).toBe(
      `{"at":"2030-01-01T00:00:00.000Z","attempt":1,"commitment":"${commitment.toString("hex")}","kind":"note","observedBy":"runner","seq":1}`,
    );
  });

  it("changes with any text, salt, number, time, observer, kind or order", () => {
    if (!event) throw new Error("no event");
    const leaf = (changed: Partial<Parameters<typeof eventLeaf>[0]>, body: unknown = event.body, by = salt) =>
      eventLeaf({ ...event, ...changed }, eventCommitment(by, body));
    const rootOf = (...leaves: Buffer[]) => batchTree(leaves).root.toString("hex");
    const roots = [
      rootOf(leaf({}), leaf({ seq: 2 })),
      rootOf(leaf({ seq: 2 }), leaf({})),
      rootOf(leaf({})),
      rootOf(leaf({ seq: 3 }), leaf({ seq: 2 })),
      rootOf(leaf({ at: "2030-01-01T00:00:00.001Z" }), leaf({ seq: 2 })),
      rootOf(leaf({ observedBy: "worker" }), leaf({ seq: 2 })),
      rootOf(leaf({ attempt: 2 }), leaf({ seq: 2 })),
      rootOf(leaf({ kind: "other" }), leaf({ seq: 2 })),
      rootOf(leaf({}, { text: "A" }), leaf({ seq: 2 })),
      rootOf(leaf({}, event.body, Buffer.alloc(SALT_BYTES, 8)), leaf({ seq: 2 })),
    ];
    expect(new Set(roots).size).toBe(roots.length);
  });

  it("takes each event's salt from the one piece that was drawn for the batch", () => {
    const drawn = Buffer.from(Array.from({ length: 3 * SALT_BYTES }, (_, at) => at));
    expect([...saltOf(drawn, 1)]).toEqual([...drawn.subarray(32, 64)]);
  });
});

describe("what Postgres can hold", () => {
  it("probe: no NUL and no lone surrogate is left anywhere, keys included", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.string({ unit: "binary" }), (value, key) => {
        const text = JSON.stringify(storable({ [`${key}\u0000\ud800`]: value, deep: ["\u0000", "\udfff"] }));
        expect(text).not.toContain("\\u0000");
        expect(text).not.toMatch(/\\u[dD][89a-fA-F]/);
      }),
    );
  });

  it("leaves ordinary text as it is", () => {
    expect(storable({ a: ["é €", 1, null, true] })).toEqual({ a: ["é €", 1, null, true] });
  });
});
