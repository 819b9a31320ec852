import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { listEvents } from "../events/service.ts";
import type { Assignment, EventBatch } from "../protocol/schema.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { findSummary, getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import {
  bytes,
  enrol,
  entriesAbout,
  handIn,
  kindsAbout,
  leaseOf,
  SUMMARY,
  seen,
  takeIn,
} from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { loseLease } from "./end-lease.ts";
import { appendRunnerEvents, finishLease, heartbeat, markPrepared } from "./service.ts";
import { openBundle, takeBundle } from "./transfers.ts";

const scene = await runScene();
const { database, seed, runner } = scene;
let other: Scope;
let runId = "";
let lease: Assignment;

beforeAll(async () => {
  other = await enrol(seed, "other");
});

beforeEach(async () => {
  runId = await scene.launched();
  lease = await leaseOf(runner, runId, "agent");
});

const note = (text: string): EventBatch["events"][number] => ({
  at: "2026-03-02T09:00:00Z",
  event: { kind: "note", body: { text } },
});

const batch = (first: number, ...texts: string[]): EventBatch => ({
  attempt: lease.attempt,
  first,
  events: texts.map(note),
});

type Call = (scope: Scope, leaseId: string, attempt: number) => Promise<unknown>;

/** Everything a runner may do that leaves something behind or hands something out. */
const CALLS: readonly (readonly [string, Call])[] = [
  ["events", (scope, id, attempt) => appendRunnerEvents(scope, id, { ...batch(1, "late"), attempt })],
  ["prepared", (scope, id, attempt) => markPrepared(scope, id, attempt)],
  ["an upload", (scope, id, attempt) => takeBundle(scope, id, attempt, bytes("late"))],
  ["the base", (scope, id, attempt) => openBundle(scope, id, attempt, "base")],
  ["the patch", (scope, id, attempt) => openBundle(scope, id, attempt, "patch")],
  [
    "no change",
    (scope, id, attempt) => finishLease(scope, id, { outcome: "no_change", attempt, summary: SUMMARY }),
  ],
  ["failure", (scope, id, attempt) => finishLease(scope, id, { outcome: "failed", attempt, reason: "late" })],
];

const end = async (): Promise<void> => {
  await cancelRun(seed, { runId, reason: "enough" });
};

async function footprint(): Promise<string> {
  const { rows } = await database.owner.query(
    `select (select count(*) from log_entry) as entries, (select count(*) from run_event) as events,
       (select count(*) from blob) as blobs, (select string_agg(r.status || r.attempt, ' ' order by id) from run r) as runs`,
  );
  return JSON.stringify(rows);
}

describe("a late writer", () => {
  test.each(CALLS)("is fenced after its lease was lost: %s", async (_name, call) => {
    await transaction(seed, (tx) => loseLease(tx, seed, lease.leaseId));
    const before = await footprint();
    await expect(call(runner, lease.leaseId, lease.attempt)).rejects.toMatchObject({
      code: "fenced",
      status: 409,
    });
    expect(await footprint()).toBe(before);
    await end();
  });

  test.each(CALLS)("is fenced when it names another attempt: %s", async (_name, call) => {
    await expect(call(runner, lease.leaseId, lease.attempt + 1)).rejects.toMatchObject({ code: "fenced" });
    await end();
  });

  test.each(CALLS)("probe: a runner cannot touch another runner's lease: %s", async (_name, call) => {
    const before = await footprint();
    await expect(call(other, lease.leaseId, lease.attempt)).rejects.toMatchObject({ code: "forbidden" });
    await expect(call(seed, lease.leaseId, lease.attempt)).rejects.toMatchObject({ code: "forbidden" });
    await expect(call(runner, "lse_nobody", 1)).rejects.toMatchObject({ code: "not_found" });
    expect(await footprint()).toBe(before);
    await end();
  });

  test("learns at its next heartbeat that it is over, and why", async () => {
    expect(await heartbeat(runner, lease.leaseId, lease.attempt)).toEqual({ directive: "go_on", reason: "" });
    await expect(heartbeat(other, lease.leaseId, lease.attempt)).rejects.toMatchObject({ code: "forbidden" });
    await expect(heartbeat(runner, lease.leaseId, 9)).rejects.toMatchObject({ code: "fenced" });
    await end();
    const answer = await heartbeat(runner, lease.leaseId, lease.attempt);
    expect(answer).toEqual({ directive: "cancel", reason: "cancelled: enough" });
  });

  test("an upload that outlives its lease leaves nothing that counts", async () => {
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await end();
        controller.enqueue(Buffer.from("late"));
        controller.close();
      },
    });
    await expect(takeBundle(runner, lease.leaseId, lease.attempt, slow)).rejects.toMatchObject({
      code: "fenced",
    });
    const { rows } = await database.owner.query("select from blob where run_id = $1", [runId]);
    expect(rows).toHaveLength(0);
  });
});

describe("what a runner may say", () => {
  test.each(["attempt_started", "attempt_ended", "status_changed", "patch_imported", "evidence_recorded"])(
    "probe: not “%s”, which the plane alone says, nor anything in the same batch",
    async (kind) => {
      const forged = { at: "2026-03-02T09:00:00Z", event: { kind, body: {} } } as never;
      const before = await footprint();
      await expect(
        appendRunnerEvents(runner, lease.leaseId, {
          attempt: lease.attempt,
          first: 1,
          events: [note("x"), forged],
        }),
      ).rejects.toMatchObject({ code: "refused" });
      expect(await footprint()).toBe(before);
      await end();
    },
  );

  test("hostile text is stored as it can be and shown as it was", async () => {
    await appendRunnerEvents(runner, lease.leaseId, batch(1, "a\u0000b \ud800 <script>"));
    const events = await listEvents(seed, runId, 0, 100);
    expect(events.at(-1)?.body).toEqual({ text: "a␀b \ufffd <script>" });
    await end();
  });
});

describe("the end of a lease", () => {
  test("with a patch: the run waits for verification, and the import is enqueued with it", async () => {
    await handIn(runner, lease);
    expect(await getRun(seed, runId)).toMatchObject({ status: "verifying" });
    expect(await findSummary(seed, runId)).toEqual(SUMMARY);
    const { rows } = await database.owner.query(
      "select data from pgboss.job where name = 'import_patch' and data ->> 'runId' = $1",
      [runId],
    );
    expect(rows).toEqual([{ data: { runId, attempt: lease.attempt } }]);
    expect(await kindsAbout(database, `run:${runId}`)).toEqual([
      ...["run.launched", "run.leased", "run.prepared", "run.bundle_uploaded", "run.agent_finished"],
    ]);
    await expect(handIn(runner, lease)).rejects.toMatchObject({ code: "fenced" });
    await end();
  });

  test("with a bundle that was never uploaded is refused, and neither lease, run nor queue know of it", async () => {
    await markPrepared(runner, lease.leaseId, lease.attempt);
    const before = await footprint();
    await expect(
      finishLease(runner, lease.leaseId, {
        ...{ outcome: "patch", attempt: lease.attempt, bundleBlobId: "blb_nobody", summary: SUMMARY },
      }),
    ).rejects.toMatchObject({ code: "refused" });
    expect(await footprint()).toBe(before);
    const { rows } = await database.owner.query("select from pgboss.job where data ->> 'runId' = $1", [
      runId,
    ]);
    expect(rows).toHaveLength(0);
    expect(await heartbeat(runner, lease.leaseId, lease.attempt)).toMatchObject({ directive: "go_on" });
    await end();
  });

  test("with nothing to change ends the run honestly: it has not broken down", async () => {
    const finish = { outcome: "no_change", attempt: lease.attempt, summary: SUMMARY } as const;
    await finishLease(runner, lease.leaseId, finish);
    const { rows } = await database.owner.query("select outcome, attempts from run_fact where run_id = $1", [
      runId,
    ]);
    expect(rows).toEqual([{ outcome: "no_change", attempts: 1 }]);
    expect(await getRun(seed, runId)).toMatchObject({ status: "failed", reason: SUMMARY.text });
    await expect(finishLease(runner, lease.leaseId, finish)).rejects.toMatchObject({ code: "fenced" });
  });

  test("with a failure keeps its words out of the record", async () => {
    await finishLease(runner, lease.leaseId, { outcome: "failed", attempt: 1, reason: "token=hunter2" });
    expect(await getRun(seed, runId)).toMatchObject({ status: "failed", reason: "token=hunter2" });
    const entries = await entriesAbout(database, `run:${runId}`);
    expect(JSON.stringify(entries)).not.toContain("hunter2");
    expect(entries.at(-1)).toMatchObject({ kind: "run.failed", detail: { attempt: 1 } });
    await database.owner.query(
      "with p as (update pilot set status = 'active' returning id) insert into log_entry (id, kind, about, body) select 'ent_' || id || $1, 'pilot.resumed', array['pilot:' || id], '' from p",
      [runId],
    );
  });

  test("only in a way of its phase: an agent observes nothing, a verifier hands nothing in", async () => {
    await expect(finishLease(runner, lease.leaseId, seen(lease))).rejects.toMatchObject({ code: "refused" });
    await handIn(runner, lease);
    await takeIn(database, seed, runId);
    const verify = await leaseOf(other, runId, "verify");
    for (const finish of [
      { outcome: "no_change", attempt: verify.attempt, summary: SUMMARY } as const,
      { outcome: "patch", attempt: verify.attempt, bundleBlobId: "blb_x", summary: SUMMARY } as const,
    ])
      await expect(finishLease(other, verify.leaseId, finish)).rejects.toMatchObject({ code: "refused" });
    await finishLease(other, verify.leaseId, seen(verify));
    await expect(finishLease(other, verify.leaseId, seen(verify))).rejects.toMatchObject({ code: "fenced" });
    expect((await getRun(seed, runId)).status).toBe("in_review");
  });
});
