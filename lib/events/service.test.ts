// What the database holds of events, and that it is what their batch's entry binds.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { detailOf, readEntry } from "../record/rules.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { launch } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { commitmentOf, isInBatch, proveEvent, storedBatch } from "./proof.ts";
import { appendEvents, listEvents, listStoredEvents } from "./service.ts";

const database = await testDatabase("web");
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock: testClock() });
let runId = "";

beforeAll(async () => {
  const { pilotId, agentId } = await arrangeWork(seed);
  runId = await launch(seed, pilotId, agentId);
});

const append = (texts: readonly string[]) =>
  transaction(seed, (tx) =>
    appendEvents(tx, {
      ...{ runId, attempt: 1, observedBy: "runner" },
      events: texts.map((text) => ({
        at: "2030-01-01T00:00:00.123Z",
        event: { kind: "note", body: { text } },
      })),
    }),
  );

async function lastBatch() {
  const { rows } = await database.owner.query<{ body: Buffer }>(
    "select body from log_entry where kind = 'run.events_appended' order by seq desc limit 1",
  );
  const detail = detailOf("run.events_appended", readEntry(rows[0]?.body ?? Buffer.alloc(0)));
  if (!detail) throw new Error("no batch");
  return { detail, events: await listStoredEvents(seed, runId, detail.from, detail.to) };
}

describe("a batch of events", () => {
  test("is bound by its entry, event by event, whatever was written in it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "binary", maxLength: 40 }), { minLength: 1, maxLength: 20 }),
        async (texts) => {
          await append(texts);
          const { detail, events } = await lastBatch();
          expect(events.map(({ seq }) => seq)).toEqual(events.map((_, nth) => detail.from + nth));
          expect(storedBatch(events)?.root.toString("hex")).toBe(detail.root);
          for (const event of events) {
            expect(event).toMatchObject({ kind: "note", attempt: 1, observedBy: "runner", commitment: null });
            expect(isInBatch(detail, event, (await proveEvent(events, event.seq)) ?? [])).toBe(true);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test("has a salt for each event, no two alike", async () => {
    await append(Array<string>(300).fill("the same text"));
    const { events } = await lastBatch();
    const salts = events.map(({ salt }) => Buffer.from(salt ?? []).toString("hex"));
    for (const salt of salts) expect(salt).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(salts).size).toBe(300);
  });

  test("probe: a text edited in the database is found, and so is a salt", async () => {
    for (const edit of ['body = \'{"text": "edited"}\'', "salt = decode(repeat('00', 32), 'hex')"]) {
      await append(["one", "two", "three"]);
      const { detail } = await lastBatch();
      const seq = detail.from + 1;
      await unguarded(`update run_event set ${edit} where run_id = '${runId}' and seq = ${seq}`);
      const { events } = await lastBatch();
      expect(storedBatch(events)?.root.toString("hex")).not.toBe(detail.root);
      const edited = events[1];
      if (!edited) throw new Error("no event");
      expect(isInBatch(detail, edited, (await proveEvent(events, seq)) ?? [])).toBe(false);
    }
  });

  test("still proves every event after one of them was taken away, and the run can still be read", async () => {
    await append(["one", "a password: hunter2", "three"]);
    const { detail, events: before } = await lastBatch();
    const seq = detail.from + 1;
    const commitment = Buffer.from((before[1] && commitmentOf(before[1])) ?? []).toString("hex");
    await unguarded(
      `update run_event set body = '{"text": "[taken away]", "redacted": true}', salt = null,
         commitment = decode('${commitment}', 'hex') where run_id = '${runId}' and seq = ${seq}`,
    );
    const { events } = await lastBatch();
    expect(storedBatch(events)?.root.toString("hex")).toBe(detail.root);
    for (const event of events)
      expect(isInBatch(detail, event, (await proveEvent(events, event.seq)) ?? [])).toBe(true);
    const [shown] = await listEvents(seed, runId, seq - 1, 1);
    expect(shown).toMatchObject({ seq, kind: "note", body: { text: "[taken away]", redacted: true } });
  });
});

/** As the owner with the guards switched off. */
async function unguarded(sql: string): Promise<void> {
  await database.owner.query("alter table run_event disable trigger user");
  try {
    expect((await database.owner.query(sql)).rowCount).toBe(1);
  } finally {
    await database.owner.query("alter table run_event enable trigger user");
  }
}
