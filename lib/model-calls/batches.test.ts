// Calls that are opened and settled together: what the database completes is what the rules say.
import { describe, expect, test } from "vitest";
import { isInBatch, proveEvent } from "../events/proof.ts";
import { listStoredEvents } from "../events/service.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import { callRow } from "../testing/model-rows.ts";
import { admitted, finalOf, intentOf, openModelScene } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { openCalls } from "./open-calls.ts";
import { payloadCommitment, requestCommitment } from "./rules.ts";
import { settleCalls } from "./settle-calls.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();

describe("calls of one run in one statement", () => {
  test.each([1, 2, 3, 5, 7])("%i of them are one batch, whose root proves each event", async (count) => {
    const scene = await openModelScene(database, clock);
    const working = await scene.start();
    await asProcess(database, "gateway", async () => {
      const admission = await admitted(scene, working);
      const intents = Array.from({ length: count }, () => intentOf(admission, clock, { reservedMicros: 10 }));
      await openCalls(scene.gateway, intents);
      await settleCalls(
        scene.gateway,
        intents.map((intent) => finalOf(intent, clock)),
      );
    });
    const batches = (await entriesAbout(database, `run:${working.runId}`))
      .filter(({ kind }) => kind === "run.events_appended")
      .slice(-2);
    for (const { detail } of batches) {
      const { from, to, root } = detail as { from: number; to: number; root: string };
      const events = await listStoredEvents(scene.lead, working.runId, from, to);
      expect(events).toHaveLength(count);
      for (const event of events) {
        const proof = await proveEvent(events, event.seq);
        expect(proof && isInBatch({ from, to, root }, event, proof)).toBe(true);
      }
    }
  });

  test("their pieces are rows in their order, each once", async () => {
    const scene = await openModelScene(database, clock);
    const working = await scene.start();
    const piece = (text: string) => ({ role: "user", bytes: Buffer.from(text) });
    const asked = [
      ["a", "b", "a"],
      ["b", "c", ""],
      ["c", "a", "d"],
    ];
    const callIds = await asProcess(database, "gateway", async () => {
      const admission = await admitted(scene, working);
      const intents = asked.map((texts) =>
        intentOf(admission, clock, { reservedMicros: 10, requestItems: texts.map(piece) }),
      );
      await openCalls(scene.gateway, intents);
      return intents.map(({ callId }) => callId);
    });
    const said = await Promise.all(
      callIds.map(async (id) => {
        const { rows } = await database.owner.query(
          `select convert_from(i.bytes, 'UTF8') as text from model_call c
             cross join unnest(c.items) with ordinality as p (item, place) join model_item i on i.id = p.item
           where c.id = $1 order by p.place`,
          [id],
        );
        return rows.map(({ text }) => text);
      }),
    );
    expect(said).toEqual(asked);
    const { rows } = await database.owner.query("select from model_item where run_id = $1", [working.runId]);
    expect(rows).toHaveLength(6); // the head, a, b, c, d, and the empty one
  });

  test("a piece that another gateway stored is named, not stored again, and the request commits to it as it is there", async () => {
    const scene = await openModelScene(database, clock);
    const working = await scene.start();
    const bytes = Buffer.from("said to another gateway");
    const salt = Buffer.alloc(32, 7);
    await database.owner.query("alter table model_item disable trigger user");
    const { rows: stored } = await database.owner.query(
      `insert into model_item (run_id, first_call, role, size, digest, salt, bytes, commitment)
       values ($1, 'mcl_other', 'user', $2, sha256($3), $4, $3, $5) returning id`,
      [working.runId, bytes.length, bytes, salt, payloadCommitment(salt, bytes)],
    );
    await database.owner.query("alter table model_item enable trigger user");
    await asProcess(database, "gateway", async () => {
      const requestItems = [{ role: "user", bytes }];
      const intent = intentOf(await admitted(scene, working), clock, { requestItems });
      expect(await openCalls(scene.gateway, [intent])).toEqual(["opened"]);
      const row = await callRow(database, intent.callId);
      expect(row.items).toEqual([stored[0].id]);
      const { rows } = await database.owner.query(
        "select commitment from model_item where id = any($1) order by id",
        [[row.head_item, ...row.items]],
      );
      expect(row.request_commitment).toEqual(
        requestCommitment(rows.map(({ commitment }) => commitment).reverse()),
      );
    });
  });
});
