// Who decides at the same moment as somebody else, or as something else happens.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askAmendment } from "../charters/ask-amendment.ts";
import { MINUTE } from "../clock.ts";
import { deactivatePerson, reactivatePerson } from "../people/deactivate.ts";
import { getPilot } from "../pilots/service.ts";
import { writeCharter } from "../pilots/write-charter.ts";
import { recordMirror } from "../repositories/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { rebaseStale } from "../runs/rebase-runs.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { member } from "../testing/arrange.ts";
import { kindsAbout, openBase } from "../testing/journey.ts";
import { type Reviewed, runScene } from "../testing/run-scene.ts";
import { decideGate } from "./decide-gate.ts";
import { getGate, listGatesOf } from "./service.ts";

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
      expect(result.reason).toMatchObject({
        code: expect.stringMatching(/^(refused|conflict|unavailable)$/),
      });
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

describe("a hundred clicks at once", () => {
  test("of twenty people in five tabs each: the three that were needed, once each, and one intent", async () => {
    gate = await reviewed(3);
    const crowd = await Promise.all(
      Array.from({ length: 20 }, (_, nth) => member(seed, `crowd-${nth}`, nth % 2 ? "reviewer" : "viewer")),
    );
    const clicks = Array.from({ length: 100 }, (_, nth) => approve(crowd[nth % 20] ?? bo));
    const results = await Promise.allSettled(clicks);
    expectOnlyRefusals(results);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    const approvals = await rowsOf("approval", "gate_id", gate.gateId);
    expect(new Set(approvals.map(({ person_id }) => person_id)).size).toBe(3);
    expect(new Set(approvals.map(({ role }) => role))).toEqual(new Set(["reviewer"]));
    const [merge, ...others] = await rowsOf("merge", "run_id", gate.runId);
    expect(others).toEqual([]);
    expect(merge.message.match(/Approved-By: \S+/g)).toHaveLength(3);
    const kinds = await kindsAbout(database, `gate:${gate.gateId}`);
    expect(count(kinds, "gate.approval_given")).toBe(3);
    expect([count(kinds, "gate.approved"), count(kinds, "run.merge_intended")]).toEqual([1, 1]);
  }, 60_000);
});

describe("between one approval and the next", () => {
  /** A row changed past the services, as their own transaction would. */
  const changed = (sql: string, id: string, noun: string, kind: string) =>
    database.owner.query(
      `with up as (${sql} returning 1) insert into log_entry (id, kind, about, body) select 'ent_' || gen_random_uuid(), '${kind}', array['${noun}:' || $1], '' from up limit 1`,
      [id],
    );
  const ways = [
    ["their role is taken", "update role_grant set revoked_at = now() where person_id = $1", "person"],
    ["they are disabled", "update person set disabled_at = now() where id = $1", "person"],
  ] as const;

  test.each(ways)("of somebody: %s, and theirs does not count", async (_, sql, noun) => {
    gate = await reviewed(2);
    const eve = await member(seed, `eve ${noun} ${sql.length}`, "reviewer");
    expect(await approve(eve)).toEqual({ status: "open" });
    await changed(sql, actorId(eve.actor), noun, "person.role_granted");
    expect(await approve(bo)).toEqual({ status: "open" });
    expect(await rowsOf("merge", "run_id", gate.runId)).toHaveLength(0);
    expect(await approve(cy)).toEqual({ status: "approved" });
    const [merge] = await rowsOf("merge", "run_id", gate.runId);
    expect(merge.message).not.toContain(actorId(eve.actor));
  });

  test("of somebody who left and came back: what they approved before stays withdrawn", async () => {
    gate = await reviewed(2);
    const fay = await member(seed, "fay", "reviewer");
    expect(await approve(fay)).toEqual({ status: "open" });
    const admin = await member(seed, "admin", "administrator");
    await deactivatePerson(admin, actorId(fay.actor));
    await reactivatePerson(admin, actorId(fay.actor));
    expect(count(await kindsAbout(database, `gate:${gate.gateId}`), "gate.approval_withdrawn")).toBe(1);
    expect(await approve(bo)).toEqual({ status: "open" });
    expect((await getGate(cy, gate.gateId)).cannotApprove).toBeNull();
    expect(await approve(cy)).toEqual({ status: "approved" });
    const [merge] = await rowsOf("merge", "run_id", gate.runId);
    expect(merge.message).not.toContain(actorId(fay.actor));
  });

  test("somebody wrote to the agent: whoever did counts no more, and may approve no more", async () => {
    gate = await reviewed(2);
    expect(await approve(bo)).toEqual({ status: "open" });
    await changed(
      `insert into run_message (id, run_id, mode, origin, text, commitment, status, sent_by, request_key, sent_at)
       values ('msg_' || gen_random_uuid(), $1, 'now', 'steer', '', '', 'queued', '${actorId(bo.actor)}', 'k', now())`,
      gate.runId,
      "run",
      "message.sent",
    );
    expect(await approve(cy)).toEqual({ status: "open" });
    await expect(approve(bo)).rejects.toMatchObject({ code: "refused" });
    expect((await getGate(bo, gate.gateId)).cannotApprove).toMatch(/launched, steered/);
    const dee = await member(seed, "dee", "reviewer");
    expect(await approve(dee)).toEqual({ status: "approved" });
    const [merge] = await rowsOf("merge", "run_id", gate.runId);
    expect(merge.message).not.toContain(actorId(bo.actor));
  });

  test("another charter comes into force: the gate is void with the reason, and what asks now is stricter", async () => {
    const pilotId = await scene.pilotControlled({ approverCount: 2 });
    gate = await scene.reviewed(pilotId);
    expect(await approve(bo)).toEqual({ status: "open" });
    const { charter } = await getPilot(seed, pilotId);
    const controls = { ...charter.charter.controls, approverCount: 3 };
    const { charterId } = await writeCharter(seed, { pilotId, charter: { ...charter.charter, controls } });
    const lead = await member(seed, "lead", "engineering_lead");
    const asked = await askAmendment(cy, { pilotId, charterId, runs: "keep" });
    const { digest } = await getGate(seed, asked.gateId);
    await decideGate(lead, { gateId: asked.gateId, digest, decision: "approve", reason: "" });
    expect(await getGate(seed, gate.gateId)).toMatchObject({
      status: "void",
      reason: "Version 2 of the charter came into force after this gate opened.",
    });
    await expect(approve(cy)).rejects.toMatchObject({ code: "refused" });
    const again = (await listGatesOf(seed, gate.runId)).find(({ status }) => status === "open");
    expect(again).toMatchObject({ needed: 3, approvals: [] });
    expect(JSON.parse(again?.document ?? "")).toMatchObject({
      again: { gate: gate.gateId, digest: gate.digest, identical: true },
    });
  });

  test("the head moves between what is shown and the click: void, and nothing is merged", async () => {
    gate = await reviewed(1);
    await changed(
      "update repository set head_commit = repeat('c', 40) where id = $1",
      work.repositoryId,
      "repository",
      "repository.mirrored",
    );
    expect(await approve(bo)).toEqual({ status: "void" });
    expect((await getGate(seed, gate.gateId)).reason).toMatch(/The base moved/);
    expect(await rowsOf("merge", "run_id", gate.runId)).toHaveLength(0);
    await changed(
      "update repository set head_commit = repeat('a', 40) where id = $1",
      work.repositoryId,
      "repository",
      "repository.mirrored",
    );
    await cancelRun(seed, { runId: gate.runId, reason: "next" });
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
