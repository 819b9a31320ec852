// What is written down once the authority has spoken. The ref itself moves in worker/jobs/publish-merge.test.ts.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { HOUR, MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { findAgain } from "../gates/again.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate, listGatesOf } from "../gates/service.ts";
import { getRepository } from "../repositories/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { rebaseRun } from "../runs/rebase-runs.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { activePilot, charterFor, member, readyRepository } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import {
  asProcess,
  enrol,
  entriesAbout,
  type Journey,
  kindsAbout,
  launch,
  openBase,
  testBlobs,
  toAgentAgain,
  toReview,
} from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { getMerge, listUnsettled, noteCommit, type SeenRef, settleMerge } from "./service.ts";
import { whyUntested } from "./tested.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const OURS = "d".repeat(40);
let journey: Journey;
let bo: Scope;
let agentId = "";
let repositoryId = "";
let runId = "";
let mergeId = "";

beforeAll(async () => {
  journey = { database, worker: seed, runner: await enrol(seed, "r") };
  bo = await member(seed, "bo", "reviewer");
  ({ agentId } = await ensureRecipeAgent(seed));
});

async function approveOpenGate(): Promise<string> {
  const gate = (await listGatesOf(seed, runId)).find(({ status }) => status === "open");
  if (!gate) throw new Error("no gate is open");
  await decideGate(bo, { gateId: gate.id, digest: gate.digest, decision: "approve", reason: "" });
  const { rows } = await database.owner.query<{ id: string }>("select id from merge where gate_id = $1", [
    gate.id,
  ]);
  return rows[0]?.id ?? "";
}

/** A run whose merge is intended: an hour of work, an hour of review. */
beforeEach(async () => {
  clock.advance(MINUTE);
  repositoryId = await readyRepository(seed);
  await openBase(database, repositoryId);
  runId = await launch(seed, await activePilot(seed, charterFor(seed, repositoryId)), agentId);
  clock.advance(HOUR);
  await toReview(journey, runId);
  clock.advance(HOUR);
  mergeId = await approveOpenGate();
  clock.advance(MINUTE);
});

test("what would be merged is what the newest evidence is about, on that base; probe: another tree, base, red or no evidence is not", async () => {
  const { rows } = await database.owner.query<{ document: string }>(
    "select g.document from gate g join merge m on m.gate_id = g.id where m.id = $1",
    [mergeId],
  );
  const document = JSON.parse(rows[0]?.document ?? "{}");
  const why = (over: object) => read(seed, (db) => whyUntested(db, JSON.stringify({ ...document, ...over })));
  expect(await why({})).toBeNull();
  expect((await getMerge(seed, mergeId)).tested).toEqual({ tree: document.tree, base: document.baseCommit });
  expect(await why({ tree: "e".repeat(40) })).toMatch(/is not what was tested: the branch moved/);
  expect(await why({ baseCommit: "e".repeat(40) })).toMatch(/has to be tested again/);
  expect(await why({ evidence: [] })).toMatch(/No evidence/);
  expect(await why({ evidence: [], decides: "break_glass" })).toBeNull();
});

const settle = (seen: SeenRef, id = mergeId) =>
  asProcess(database, "worker", () => settleMerge(seed, id, seen));

const times = async (kind: string): Promise<number> =>
  (await kindsAbout(database, `run:${runId}`)).filter((each) => each === kind).length;

async function fact() {
  const { rows } = await database.owner.query("select * from run_fact where run_id = $1", [runId]);
  return rows[0];
}

const moved: SeenRef = { outcome: "moved", commit: OURS };

describe("a merge that moved the ref", () => {
  test("is written down once, however often it is settled, with head and facts", async () => {
    await settle(moved);
    await settle(moved);
    await settle({ outcome: "refused", reason: "late" });
    expect(await getMerge(seed, mergeId)).toMatchObject({ state: "moved" });
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect([await times("run.merged"), await times("run.merge_refused")]).toEqual([1, 0]);
    expect((await getRepository(seed, repositoryId)).headCommit).toBe(OURS);
    const at = new Date(clock.now());
    const openedAt = new Date(clock.now() - HOUR - MINUTE);
    expect(await fact()).toMatchObject({
      ...{ outcome: "merged", attempts: 2, merged_at: at, ended_at: at, review_opened_at: openedAt },
    });
    const { rows } = await database.owner.query(
      "select from pgboss.job where name = 'mirror_repository' and data ->> 'repositoryId' = $1",
      [repositoryId],
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  test("by many settlers at once is written down once", async () => {
    await asProcess(database, "worker", () =>
      Promise.all(Array.from({ length: 8 }, () => settleMerge(seed, mergeId, moved))),
    );
    expect(await times("run.merged")).toBe(1);
    expect(await listUnsettled(seed, 0)).not.toContain(mergeId);
  });

  test("leaves a head alone that the mirror has seen move already", async () => {
    await database.owner.query(
      "with up as (update repository set head_commit = $2 where id = $1 returning id) insert into log_entry (id, kind, about, body) select 'ent_' || id, 'repository.mirrored', array['repository:' || id], '' from up",
      [repositoryId, "e".repeat(40)],
    );
    await settle(moved);
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect((await getRepository(seed, repositoryId)).headCommit).toBe("e".repeat(40));
  });

  test("names its commit once, before the ref is touched", async () => {
    const merge = await getMerge(seed, mergeId);
    await asProcess(database, "worker", () =>
      Promise.all(Array.from({ length: 4 }, () => noteCommit(seed, merge, OURS))),
    );
    expect((await getMerge(seed, mergeId)).newCommit).toBe(OURS);
    expect(await times("run.merge_commit_built")).toBe(1);
  });

  test("can no longer be cancelled once it is intended", async () => {
    await expect(cancelRun(seed, { runId, reason: "too late" })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a merge the authority refused", () => {
  const refusedBy: SeenRef = { outcome: "refused", reason: "hunter2 is not allowed to push" };

  test("goes on with the same review at a new gate; the clock of the review does not start again", async () => {
    const { review_opened_at: opened } = await fact();
    await settle(refusedBy);
    await settle(refusedBy);
    expect(await getRun(seed, runId)).toMatchObject({
      ...{ status: "in_review", reason: "hunter2 is not allowed to push", reviewOpenedAt: opened },
    });
    expect((await listGatesOf(seed, runId)).map(({ status }) => status).sort()).toEqual(["approved", "open"]);
    expect(JSON.stringify(await entriesAbout(database, `run:${runId}`))).not.toContain("hunter2");
    clock.advance(HOUR);
    const second = await approveOpenGate();
    await settle(moved, second);
    expect(await fact()).toMatchObject({ outcome: "merged", review_opened_at: opened });
    expect([await times("run.merged"), await times("run.merge_refused")]).toEqual([1, 1]);
  });

  test("probe: a failure half way leaves the intent as it was, and the next try settles it", async () => {
    await database.owner.query(
      "create function broken() returns trigger language plpgsql as 'begin raise exception ''disk full''; end'",
    );
    await database.owner.query(
      "create trigger broken before insert on gate for each row execute function broken()",
    );
    await expect(settle(refusedBy)).rejects.toThrow();
    await database.owner.query("drop trigger broken on gate");
    await database.owner.query("drop function broken()");
    expect(await getMerge(seed, mergeId)).toMatchObject({ state: "intent" });
    expect((await getRun(seed, runId)).status).toBe("merging");
    expect(await times("run.merge_refused")).toBe(0);
    expect(await fact()).toMatchObject({ outcome: null });
    await settle(refusedBy);
    expect((await getRun(seed, runId)).status).toBe("in_review");
  });
});

describe("a merge whose base moved", () => {
  test("sends the run back onto what is there; its next review is a new one", async () => {
    const { review_opened_at: opened } = await fact();
    await settle({ outcome: "base_moved", actual: "c".repeat(40) });
    expect(await getRun(seed, runId)).toMatchObject({ status: "queued", baseCommit: "c".repeat(40) });
    expect([await times("run.merge_refused"), await times("run.base_moved")]).toEqual([1, 1]);
    expect((await listGatesOf(seed, runId)).every(({ status }) => status !== "open")).toBe(true);
    await openBase(database, repositoryId, "c");
    clock.advance(HOUR);
    await toAgentAgain(journey, runId);
    const again = await toReview(journey, runId);
    expect(await findAgain(bo, await getGate(bo, again?.gateId ?? ""))).toMatchObject({
      ...{ identical: true, isRerun: true, from: "a".repeat(40), to: "c".repeat(40), approvedBy: ["bo"] },
      reason: expect.stringContaining("the base moved before the merge"),
    });
    expect((await fact()).review_opened_at.getTime()).toBe(clock.now());
    expect((await getRun(seed, runId)).reviewOpenedAt).not.toEqual(opened);
  });

  test("is no merge: a run in review is sent back only from review", async () => {
    await expect(
      transaction(seed, async (tx) => rebaseRun(tx, seed, await lockRun(tx, runId), "c".repeat(40))),
    ).rejects.toMatchObject({ code: "conflict" });
    expect((await getRun(seed, runId)).status).toBe("merging");
  });
});

test("only intents that are old enough are the reconciler's, the oldest first", async () => {
  expect(await listUnsettled(seed, 2 * MINUTE)).not.toContain(mergeId);
  clock.advance(2 * MINUTE);
  const unsettled = await listUnsettled(seed, 2 * MINUTE);
  expect(unsettled).toEqual([...unsettled].sort());
  expect(unsettled).toContain(mergeId);
});
