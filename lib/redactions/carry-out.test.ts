// Orders carried out on a real database and real files: what goes, what stays, and that the log still proves it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { carryOutRedaction, carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import { blobStore } from "../blobs/service.ts";
import { transaction } from "../db.ts";
import { appendEvents, listEvents } from "../events/service.ts";
import { listEvidence } from "../evidence/service.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { createLogger } from "../logger.ts";
import { findPatch } from "../patches/service.ts";
import { setRetention } from "../retention/service.ts";
import { findSummary } from "../runs/service.ts";
import { member } from "../testing/arrange.ts";
import { asProcess, entriesAbout, kindsAbout } from "../testing/journey.ts";
import { batchRoots, bundleBlobOf, insertMerge, storedText } from "../testing/payload-rows.ts";
import { runScene } from "../testing/run-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { timelineOf } from "../timeline/rules.ts";
import { orderRedaction } from "./order-redaction.ts";
import { listRedactions, offerRedaction } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed } = scene;
const { pilotId } = scene.work;
const security = await member(seed, "sec", "security_lead");
const reviewer = await member(seed, "rev", "reviewer");
const SECRET = "hunter2-of-the-run";
const place = { mirrorOf: () => "/nonexistent", logger: createLogger("test") };
let runId = "";

/** A run in review that printed a secret, with its open gate. */
async function reviewed(): Promise<{ gateId: string; digest: string }> {
  const gate = await scene.reviewed();
  runId = gate.runId;
  await transaction(seed, (tx) =>
    appendEvents(tx, {
      ...{ runId, attempt: 1, observedBy: "runner" },
      events: [1, 2, 3].map((n) => ({
        at: "2030-01-01T00:00:00.000Z",
        event: { kind: "note", body: { text: `${SECRET} ${n}` } },
      })),
    }),
  );
  return gate;
}

/** A run that was rejected. */
async function ended(): Promise<void> {
  await decideGate(reviewer, { ...(await reviewed()), decision: "deny", reason: "No." });
}

const order = (more: object = {}, scope = security) =>
  orderRedaction(scope, { runId, kind: "all", seqs: [], reason: "A password was printed.", ...more });
const carryOut = () => asProcess(database, "worker", () => carryOutRedactions(place, seed));
const notes = async () =>
  (await listEvents(seed, runId, 0, 500)).filter(({ kind }) => kind === "note").map(({ seq }) => seq);

describe("single events of a run", () => {
  beforeEach(() => ended());

  test("lose their texts and salts; every batch still has the root its entry names", async () => {
    const [first, second] = await notes();
    await database.owner.query(
      `insert into event_text (run_id, seq, field, pilot_id, at, position, text, words)
       select $1, seq, 'output', $2, now(), 0, $3, to_tsvector('simple', $3) from unnest($4::int[]) as seq`,
      [runId, pilotId, SECRET, [first, second]],
    );
    await order({ kind: "events", seqs: [first] });
    expect((await listRedactions(seed, runId))[0]).toMatchObject({
      kind: "events",
      events: [first],
      finishedAt: null,
    });
    await carryOut();
    const { rows } = await database.owner.query(
      "select body, salt, length(commitment) as commitment from run_event where run_id = $1 and seq = $2",
      [runId, first],
    );
    expect(rows).toEqual([{ body: { text: "[taken away]", redacted: true }, salt: null, commitment: 32 }]);
    expect((await storedText(database, runId)).split(SECRET)).toHaveLength(4); // two notes and the words of one are left
    for (const [named, computed] of await batchRoots(database, seed, runId)) expect(computed).toBe(named);
    expect((await listRedactions(seed, runId))[0]?.finishedAt).not.toBeNull();
  });

  test("the timeline can still be told", async () => {
    await order({ kind: "events", seqs: (await listEvents(seed, runId, 0, 500)).map(({ seq }) => seq) });
    await carryOut();
    const events = await listEvents(seed, runId, 0, 500);
    expect(timelineOf(events)).toMatchObject({ seq: events.length, status: "rejected" });
  });

  test("probe: nothing is taken while the merge is being decided, single events neither", async () => {
    expect((await offerRedaction(security, runId)).refusal).toBeNull();
    await reviewed();
    for (const kind of ["all", "all_events", "events"]) {
      await expect(order({ kind, seqs: await notes() })).rejects.toThrow(
        "A merge of this run is being decided",
      );
    }
    const { refusal, refusalOfAll } = await offerRedaction(security, runId);
    for (const sentence of [refusal, refusalOfAll]) expect(sentence).toContain("being decided");
  });
});

describe("everything of a run that ended", () => {
  beforeEach(() => ended());

  test("goes: events, files, evidence, summary, names; what was committed to stays, and the log says so", async () => {
    const patch = await findPatch(seed, runId);
    const files = [patch?.diffBlobId ?? "", (await bundleBlobOf(database, runId)) ?? ""].map((id) =>
      blobStore().path(id),
    );
    expect(files.every((file) => existsSync(file))).toBe(true);
    const { redactionId } = await order();
    await carryOut();
    expect(files.some((file) => existsSync(file))).toBe(false);
    const text = await storedText(database, runId);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain("Reverted the culprit");
    expect(text).not.toContain("fine"); // the name of a test
    const { rows } = await database.owner.query(
      "select distinct salt, sha256, length(commitment) as commitment, deleted_at is null as there from blob where run_id = $1",
      [runId],
    );
    expect(rows).toEqual([{ salt: null, sha256: "", commitment: 64, there: false }]);
    for (const [named, computed] of await batchRoots(database, seed, runId)) expect(computed).toBe(named);
    expect((await listEvidence(seed, runId))[0]?.document.judgement.verdict).toBe("verified");
    expect((await findSummary(seed, runId))?.text).toBe("[taken away]");
    const entries = await entriesAbout(database, `redaction:${redactionId}`);
    expect(entries.map(({ kind }) => kind)).toEqual([
      "payload.redaction_ordered",
      "payload.redacted",
      "payload.redacted",
    ]);
    expect(entries.at(-1)?.detail).toMatchObject({
      blobs: 4,
      reached: ["events", "search", "findings", "model_calls", "blobs", "evidence", "run_texts", "mirror"],
      not_reached: [
        ...["gate_documents", "backups", "write_ahead_log", "disk_blocks", "runner_spools", "downloads"],
        "model_providers",
      ],
    });
    expect(JSON.stringify(entries)).not.toContain("password");
  });

  test("probe: an order that was broken off after any step is finished by doing it again, once", async () => {
    const { redactionId } = await order();
    const dying = (at: string) => ({
      mirrorOf: () => {
        throw new Error(`killed ${at}`);
      },
    });
    await insertMerge(database, runId);
    await asProcess(database, "worker", () =>
      expect(carryOutRedaction(dying("before the mirror"), seed, redactionId)).rejects.toThrow("killed"),
    );
    expect((await listRedactions(seed, runId))[0]?.finishedAt).toBeNull();
    await carryOut();
    await carryOut();
    expect((await listRedactions(seed, runId))[0]?.finishedAt).not.toBeNull();
    const finished = (await entriesAbout(database, `redaction:${redactionId}`)).filter(
      ({ detail }) => (detail.not_reached as string[] | undefined)?.length,
    );
    expect(finished).toHaveLength(1);
    expect(await storedText(database, runId)).not.toContain(SECRET);
  });

  test("probe: a worker killed with -9 in the middle leaves an order that the next one finishes", async () => {
    const { redactionId } = await order();
    const owner = await database.owner.connect();
    await owner.query("begin");
    await owner.query("lock table event_text in access exclusive mode");
    const env = { ...process.env, DATABASE_URL: database.urls.worker };
    const script = new URL("../testing/redact-process.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [script, redactionId], { env, stdio: "inherit" });
    const exited = once(child, "exit");
    await vi.waitUntil(
      async () =>
        (await owner.query("select from pg_locks where not granted and locktype = 'relation'")).rowCount,
      { timeout: 30_000, interval: 50 },
    );
    child.kill("SIGKILL");
    await exited;
    await owner.query("rollback");
    owner.release();
    const [redaction] = await listRedactions(seed, runId);
    expect(redaction).toMatchObject({ id: redactionId, finishedAt: null });
    expect((await storedText(database, runId)).split(SECRET)).toHaveLength(1); // the events were gone already
    expect((await storedText(database, runId)).includes("Reverted the culprit")).toBe(true);
    await carryOut();
    expect(await storedText(database, runId)).not.toContain("Reverted the culprit");
    for (const [named, computed] of await batchRoots(database, seed, runId)) expect(computed).toBe(named);
  });

  test("probe: is refused to whoever launched the run, to a reviewer and to a stranger", async () => {
    await expect(order({}, seed)).rejects.toThrow("You launched this run");
    await expect(order({}, reviewer)).rejects.toMatchObject({ code: "forbidden" });
    await expect(order({}, testScope({ clock }))).rejects.toMatchObject({ code: "not_found" });
    expect(await kindsAbout(database, `run:${runId}`)).not.toContain("payload.redaction_ordered");
  });

  test("probe: a legal hold refuses it, and keeps what was ordered before it from being done", async () => {
    await order();
    const hold = { pilotId, days: null, reason: "Case 7", agreedRuns: 0 };
    await setRetention(seed, { ...hold, isHeld: true });
    try {
      await expect(order()).rejects.toThrow("A legal hold is on this pilot (“Case 7”)");
      await carryOut();
      expect(await storedText(database, runId)).toContain(SECRET);
    } finally {
      await setRetention(seed, { ...hold, isHeld: false });
    }
    await carryOut();
    expect(await storedText(database, runId)).not.toContain(SECRET);
  });
});
