// A legal hold that is set, or a gate that opens, while an order is being carried out stops its next step.
import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { carryOutRedaction } from "#worker/redaction/carry-out-redactions.ts";
import { blobStore } from "../blobs/service.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { setRetention } from "../retention/service.ts";
import { member } from "../testing/arrange.ts";
import { asProcess, kindsAbout, toReview } from "../testing/journey.ts";
import { insertMerge, storedText } from "../testing/payload-rows.ts";
import { runScene } from "../testing/run-scene.ts";
import { findWork, finishRedaction, takeEvents, unlessHeld } from "./carry-out.ts";
import { orderRedaction } from "./order-redaction.ts";
import { listRedactions } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, seed } = scene;
const { pilotId } = scene.work;
const security = await member(seed, "sec", "security_lead");
const reviewer = await member(seed, "rev", "reviewer");
const place = { mirrorOf: () => "/nonexistent" };
const HELD = "A legal hold was put on the pilot meanwhile.";
let runId = "";
let redactionId = "";

const hold = (isHeld: boolean) =>
  setRetention(seed, { pilotId, days: null, reason: "Case 7", agreedRuns: 0, isHeld });

/** As a hold that is set by another process: while a step runs it waits for the step. */
async function holdElsewhere(): Promise<void> {
  const { owner } = database;
  await owner.query("alter table retention disable trigger governed");
  await owner.query(
    `insert into retention (pilot_id, is_held, hold_reason, set_by, set_at) values ($1, true, 'Case 7', 'per_x', now())
     on conflict (pilot_id) do update set is_held = true, hold_reason = 'Case 7'`,
    [pilotId],
  );
  await owner.query("alter table retention enable trigger governed");
}

beforeEach(async () => {
  const gate = await scene.reviewed();
  runId = gate.runId;
  await decideGate(reviewer, { ...gate, decision: "deny", reason: "No." });
  const reason = "A password was printed.";
  ({ redactionId } = await orderRedaction(security, { runId, kind: "all", seqs: [], reason }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const asWorker = (work: () => Promise<void>) => asProcess(database, "worker", work);
const carryOut = () => asWorker(() => carryOutRedaction(place, seed, redactionId));
const isFinished = async () => (await listRedactions(seed, runId))[0]?.finishedAt !== null;

async function workOf() {
  const work = await findWork(seed, redactionId);
  if (!work) throw new Error("nothing to do");
  return work;
}

test("probe: a hold after the events were taken keeps files, evidence, summary and the order as they are", async () => {
  const work = await workOf();
  await asWorker(() => takeEvents(seed, work));
  await hold(true);
  const before = await storedText(database, runId);
  const touched = vi.fn(async () => undefined);
  await asWorker(async () => {
    await expect(unlessHeld(seed, work, touched)).rejects.toThrow(HELD);
    await expect(finishRedaction(seed, work)).rejects.toThrow(HELD);
  });
  expect(touched).not.toHaveBeenCalled();
  await carryOut();
  expect(await storedText(database, runId)).toBe(before);
  expect(before).toContain("Reverted the culprit");
  expect(await isFinished()).toBe(false);
  await hold(false);
  await carryOut();
  expect(await isFinished()).toBe(true);
  expect(await storedText(database, runId)).not.toContain("Reverted the culprit");
});

test("probe: a hold while files are removed keeps those that are left, until it is lifted", async () => {
  const files = (await workOf()).blobs.map((id) => blobStore().path(id));
  const there = () => files.filter((file) => existsSync(file)).length;
  const all = there();
  const remove = blobStore().remove.bind(blobStore());
  vi.spyOn(blobStore(), "remove").mockImplementationOnce(async (id) => {
    await remove(id);
    await holdElsewhere();
  });
  await asWorker(() => expect(carryOutRedaction(place, seed, redactionId)).rejects.toThrow(HELD));
  expect([all > 1, there()]).toEqual([true, all - 1]);
  expect(await isFinished()).toBe(false);
  await hold(false);
  await carryOut();
  expect([there(), await isFinished()]).toEqual([0, true]);
});

test("probe: a hold after the last file keeps the mirror; one after the mirror keeps the rows", async () => {
  await insertMerge(database, runId);
  const work = await workOf();
  const last = work.blobs.at(-1);
  const remove = blobStore().remove.bind(blobStore());
  vi.spyOn(blobStore(), "remove").mockImplementation(async (id) => {
    await remove(id);
    if (id === last) await holdElsewhere();
  });
  await asWorker(() => expect(carryOutRedaction(place, seed, redactionId)).rejects.toThrow(HELD));
  expect(await storedText(database, runId)).toContain("Reverted the culprit");
  expect(await kindsAbout(database, `redaction:${redactionId}`)).toEqual([
    "payload.redaction_ordered",
    "payload.redacted",
  ]);
  vi.restoreAllMocks();
  await hold(false);
  await carryOut();
  expect(await isFinished()).toBe(true);
});

test("who sets a hold waits for the step under way", async () => {
  const work = await workOf();
  let setting: Promise<void> = Promise.resolve();
  let isSet = false;
  await unlessHeld(seed, work, async () => {
    setting = hold(true).then(() => {
      isSet = true;
    });
    await vi.waitUntil(
      async () =>
        (await database.owner.query("select from pg_locks where not granted and locktype = 'advisory'"))
          .rowCount,
      { timeout: 30_000, interval: 50 },
    );
    expect(isSet).toBe(false);
  });
  await setting;
  expect(isSet).toBe(true);
  await hold(false);
});

test("probe: what was ordered before a gate opened waits until it is decided", async () => {
  runId = await scene.launched();
  const reason = "A password was printed.";
  ({ redactionId } = await orderRedaction(security, { runId, kind: "events", seqs: [1], reason }));
  const work = await workOf();
  const gate = await toReview(scene, runId);
  if (!gate) throw new Error("no gate");
  await asWorker(() =>
    expect(takeEvents(seed, work)).rejects.toThrow("A merge of the run is being decided."),
  );
  await carryOut();
  expect(await isFinished()).toBe(false);
  await decideGate(reviewer, { ...gate, decision: "deny", reason: "No." });
  await carryOut();
  expect(await isFinished()).toBe(true);
});
