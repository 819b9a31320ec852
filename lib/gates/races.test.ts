// Who decides at the same moment as somebody else, or as something else happens.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MINUTE } from "../clock.ts";
import { recordMirror } from "../repositories/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { rebaseStale } from "../runs/rebase-runs.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { member } from "../testing/arrange.ts";
import { kindsAbout, openBase } from "../testing/journey.ts";
import { type Reviewed, runScene } from "../testing/run-scene.ts";
import { decideGate } from "./decide-gate.ts";
import { getGate } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed, work } = scene;
let bo: Scope;
let cy: Scope;
let gate: Reviewed;

beforeAll(async () => {
  bo = await member(seed, "bo", "reviewer");
  cy = await member(seed, "cy", "security_lead");
});

const reviewed = async (approverCount: number): Promise<Reviewed> =>
  scene.reviewed(await scene.pilotControlled({ approverCount }));

const approve = (scope: Scope) =>
  decideGate(scope, { gateId: gate.gateId, digest: gate.digest, decision: "approve", reason: "" });
const deny = (scope: Scope) =>
  decideGate(scope, { gateId: gate.gateId, digest: gate.digest, decision: "deny", reason: "no good" });

const rowsOf = async (table: "merge" | "approval", column: string, id: string) =>
  (await database.owner.query(`select * from ${table} where ${column} = $1`, [id])).rows;

const count = (kinds: readonly string[], kind: string) => kinds.filter((each) => each === kind).length;

/** Every refusal is one a person may read; nothing broke. */
function expectOnlyRefusals(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) {
    if (result.status === "rejected")
      expect(result.reason).toMatchObject({ code: expect.stringMatching(/^(refused|conflict)$/) });
  }
}

describe("two people at once", () => {
  beforeEach(async () => {
    gate = await reviewed(2);
  });

  test("are both counted, once each, and there is exactly one intent", async () => {
    const answers = await Promise.all([approve(bo), approve(cy)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(["approved", "open"]);
    expect(await rowsOf("merge", "run_id", gate.runId)).toHaveLength(1);
    expect(await rowsOf("approval", "gate_id", gate.gateId)).toHaveLength(2);
    expect((await getRun(seed, gate.runId)).status).toBe("merging");
  });

  test("probe: each in ten tabs are still counted once each", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, nth) => approve(nth % 2 ? bo : cy)),
    );
    expectOnlyRefusals(results);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await rowsOf("merge", "run_id", gate.runId)).toHaveLength(1);
    expect(await rowsOf("approval", "gate_id", gate.gateId)).toHaveLength(2);
    const kinds = await kindsAbout(database, `gate:${gate.gateId}`);
    expect([count(kinds, "gate.approved"), count(kinds, "run.merge_intended")]).toEqual([1, 1]);
  });

  test("probe: one person in ten tabs is one person", async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => approve(bo)));
    expectOnlyRefusals(results);
    expect(await rowsOf("approval", "gate_id", gate.gateId)).toHaveLength(1);
    expect(await rowsOf("merge", "run_id", gate.runId)).toHaveLength(0);
    expect((await getGate(seed, gate.gateId)).status).toBe("open");
  });
});

describe("a decision against something else", () => {
  beforeEach(async () => {
    gate = await reviewed(1);
  });

  test("approval against denial: one of them, whole", async () => {
    const results = await Promise.allSettled([approve(bo), deny(cy)]);
    expectOnlyRefusals(results);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { status } = await getRun(seed, gate.runId);
    const merges = await rowsOf("merge", "run_id", gate.runId);
    expect([status, merges.length]).toEqual(status === "merging" ? ["merging", 1] : ["rejected", 0]);
  });

  test("approval against cancellation: one of them, whole", async () => {
    const results = await Promise.allSettled([
      approve(bo),
      cancelRun(seed, { runId: gate.runId, reason: "not wanted" }),
    ]);
    expectOnlyRefusals(results);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { status } = await getRun(seed, gate.runId);
    const expected = status === "merging" ? ["merging", "approved"] : ["cancelled", "void"];
    expect([status, (await getGate(seed, gate.gateId)).status]).toEqual(expected);
  });

  test("approval against an emergency stop: nothing is approved after the stop", async () => {
    const [approval, stop] = await Promise.allSettled([
      approve(bo),
      pullStop(cy, { scope: "everything", reason: "" }),
    ]);
    expectOnlyRefusals([approval, stop]);
    const kinds = await database.owner.query(
      "select kind from log_entry where kind in ('stop.pulled', 'run.merge_intended') and (about @> array[$1] or kind = 'stop.pulled') order by seq",
      [`run:${gate.runId}`],
    );
    expect(kinds.rows.map(({ kind }) => kind).at(-1)).toBe("stop.pulled");
    expect((await getRun(seed, gate.runId)).status).toBe(
      approval.status === "fulfilled" ? "merging" : "in_review",
    );
    await database.owner.query(
      "with up as (update stop set lifted_at = now() returning id) insert into log_entry (id, kind, about, body) select 'ent_' || id, 'stop.lifted', array['stop:' || id], '' from up",
    );
  });

  test("approval against a base that moves: merged on what was approved, or void and queued anew", async () => {
    for (let round = 0; round < 4; round++) {
      if (round > 0) gate = await reviewed(1);
      const head = round % 2 ? "a" : "c";
      const other = (round % 2 ? "c" : "a").repeat(40);
      expect((await getRun(seed, gate.runId)).baseCommit).toBe(other);
      const moved = async () => {
        const report = { outcome: "mirrored", branch: "main", head: head.repeat(40), commits: 4 } as const;
        await recordMirror(seed, work.repositoryId, report);
        await rebaseStale(seed, work.repositoryId, head.repeat(40));
      };
      const results = await Promise.allSettled([approve(bo), moved()]);
      expectOnlyRefusals(results);
      const { status, baseCommit } = await getRun(seed, gate.runId);
      const merges = await rowsOf("merge", "run_id", gate.runId);
      const gateStatus = (await getGate(seed, gate.gateId)).status;
      if (status === "merging")
        expect([baseCommit, merges.length, gateStatus]).toEqual([other, 1, "approved"]);
      else
        expect([status, baseCommit, merges.length, gateStatus]).toEqual([
          "queued",
          head.repeat(40),
          0,
          "void",
        ]);
      const sentBack = await database.owner.query<{ id: string }>(
        "select id from run where status = 'queued'",
      );
      for (const { id } of sentBack.rows) await cancelRun(seed, { runId: id, reason: "next round" });
      await openBase(database, work.repositoryId, head);
      clock.advance(MINUTE);
    }
  });
});
