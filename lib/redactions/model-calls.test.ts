// A run that called a model, taken away: what it was told, what was sent, what came back.
import { beforeAll, describe, expect, test } from "vitest";
import { carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import { finishLease } from "../leases/service.ts";
import { createLogger } from "../logger.ts";
import { openCalls } from "../model-calls/open-calls.ts";
import { payloadCommitment, requestCommitment } from "../model-calls/rules.ts";
import type { Intent } from "../model-calls/schema.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import { callRow } from "../testing/model-rows.ts";
import {
  admitted,
  finalOf,
  intentOf,
  type ModelScene,
  openModelScene,
  type Working,
} from "../testing/model-scene.ts";
import { storedText } from "../testing/payload-rows.ts";
import { person, testClock, testScope } from "../testing/scopes.ts";
import { orderRedaction } from "./order-redaction.ts";
import { listRedactions } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const security = testScope({ roles: ["security_lead"], actor: person("per_sec"), clock });
const place = { mirrorOf: () => "/nonexistent", logger: createLogger("test") };
const WORDS = ["PROMPTWORD", "ANSWERWORD", "TASKWORD"];
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock);
});

const asGateway = <T>(work: () => Promise<T>) => asProcess(database, "gateway", work);
const carryOut = () => asProcess(database, "worker", () => carryOutRedactions(place, security));
const wordsLeft = async (runId: string) => {
  const text = await storedText(database, runId);
  return WORDS.filter((word) => text.includes(word));
};

async function called(): Promise<{ working: Working; intent: Intent }> {
  const working = await scene.start();
  const intent = await asGateway(async () => {
    const opened = intentOf(await admitted(scene, working), clock);
    await openCalls(scene.gateway, [opened]);
    return opened;
  });
  const { leaseId, attempt } = working.assignment;
  await finishLease(scene.runner, leaseId, { outcome: "failed", attempt, reason: "over" });
  return { working, intent };
}
const settle = (intent: Intent) => asGateway(() => settleCalls(scene.gateway, [finalOf(intent, clock)]));
const order = (runId: string, kind: "all" | "all_events") =>
  orderRedaction(security, { runId, kind, seqs: [], reason: "A password was sent." });

describe("a run that called a model", () => {
  test("is told what to do by words that its entry commits to", async () => {
    const working = await scene.start();
    const { rows } = await database.owner.query("select task, task_salt from run where id = $1", [
      working.runId,
    ]);
    const [{ task, task_salt }] = rows;
    const launched = (await entriesAbout(database, `run:${working.runId}`)).find(
      ({ kind }) => kind === "run.launched",
    );
    expect(launched?.detail.task).toBe(payloadCommitment(task_salt, Buffer.from(task)).toString("hex"));
  });

  test("loses task, requests and answers; what was committed to, counted and charged stays", async () => {
    const { working, intent } = await called();
    await settle(intent);
    expect(await wordsLeft(working.runId)).toEqual(WORDS);
    const before = await callRow(database, intent.callId);
    await order(working.runId, "all");
    await carryOut();
    expect(await wordsLeft(working.runId)).toEqual([]);
    expect(await callRow(database, intent.callId)).toEqual(before);
    const { rows: items } = await database.owner.query(
      "select digest, salt, bytes, commitment, size from model_item where run_id = $1 order by id",
      [working.runId],
    );
    for (const { commitment, size, ...gone } of items) {
      expect(gone).toEqual({ digest: null, salt: null, bytes: null });
      expect([commitment.length, size > 0]).toEqual([32, true]);
    }
    expect(requestCommitment(items.map(({ commitment }) => commitment))).toEqual(before.request_commitment);
    const { rows: outputs } = await database.owner.query(
      "select salt, bytes, chunk_offsets, chunk_ms from model_output where run_id = $1",
      [working.runId],
    );
    expect(outputs).toEqual([{ salt: null, bytes: null, chunk_offsets: [], chunk_ms: [] }]);
    const { rows } = await database.owner.query("select task, task_salt from run where id = $1", [
      working.runId,
    ]);
    expect(rows).toEqual([{ task: "[taken away]", task_salt: null }]);
  });

  test("with all of its events, requests and answers go as well", async () => {
    const { working, intent } = await called();
    await settle(intent);
    await order(working.runId, "all_events");
    await carryOut();
    expect(await wordsLeft(working.runId)).toEqual(["TASKWORD"]);
  });

  test("probe: whose last call is not settled yet keeps its order waiting, so that nothing is stored after it", async () => {
    const { working, intent } = await called();
    await order(working.runId, "all");
    await carryOut();
    expect((await listRedactions(security, working.runId))[0]?.finishedAt).toBeNull();
    await settle(intent);
    await carryOut();
    expect((await listRedactions(security, working.runId))[0]?.finishedAt).not.toBeNull();
    expect(await wordsLeft(working.runId)).toEqual([]);
  });
});
