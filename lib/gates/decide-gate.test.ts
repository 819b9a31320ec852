import { beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../authz/schema.ts";
import { HOUR, SECOND } from "../clock.ts";
import type { Charter } from "../pilots/schema.ts";
import { labelRepository, recordMirror } from "../repositories/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { askToLift } from "../stops/ask-to-lift.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { activePilot, charterFor, member } from "../testing/arrange.ts";
import { asProcess, entriesAbout, kindsAbout, openBase, toAgentAgain, toReview } from "../testing/journey.ts";
import { type Reviewed, runScene } from "../testing/run-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { findAgain } from "./again.ts";
import { decideGate, expireGates } from "./decide-gate.ts";
import { getGate } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed, work, runner } = scene;
let people: Record<"ada" | "bo" | "cy" | "dee", Scope>;

beforeAll(async () => {
  const made = async (name: string, role: Role) => member(seed, name, role);
  people = {
    ada: await made("ada", "engineering_lead"),
    bo: await made("bo", "reviewer"),
    cy: await made("cy", "security_lead"),
    dee: await made("dee", "viewer"),
  };
});

/** A run that Ada launched, in review. */
const reviewed = async (controls: Partial<Charter["controls"]> = {}): Promise<Reviewed> =>
  scene.reviewed(await scene.pilotControlled(controls), people.ada);

const decide = (
  scope: Scope,
  { gateId, digest }: Pick<Reviewed, "gateId" | "digest">,
  decision: "approve" | "deny" = "approve",
  reason = "",
) => {
  clock.advance(SECOND); // decisions follow each other
  return decideGate(scope, { gateId, digest, decision, reason });
};

const refusal = (code: string, words: RegExp) => ({ code, message: expect.stringMatching(words) });

async function approvalsOf(gateId: string): Promise<number> {
  const { rows } = await database.owner.query("select from approval where gate_id = $1", [gateId]);
  return rows.length;
}

describe("deciding at a merge gate", () => {
  test("stays open, however many approve, until one does who holds the role that its charter wants among them", async () => {
    const pilotId = await scene.pilotControlled({
      ...{ approverRoles: ["reviewer", "engineering_lead"], protectedApproverRole: "security_lead" },
    });
    const runId = await scene.launched(pilotId, people.ada);
    const sentence = "ci.yml changes what is run to build, test or deploy.";
    const flags = [{ rule: "ci_config", severity: "extra_approver" as const, path: "ci.yml", sentence }];
    const opened = await toReview(scene, runId, { flags });
    const gate = { runId, gateId: opened?.gateId ?? "", digest: opened?.digest ?? "" };
    const eve = await member(seed, "eve", "engineering_lead");
    expect(await decide(eve, gate)).toEqual({ status: "open" });
    expect(await decide(people.bo, gate)).toEqual({ status: "open" });
    expect(await getRun(seed, gate.runId)).toMatchObject({ status: "in_review" });
    expect(await decide(people.cy, gate)).toEqual({ status: "approved" });
  });

  test("probe: nothing that came in while a label was off is merged once it is on", async () => {
    const { repositoryId } = work;
    const usual = charterFor(seed, repositoryId);
    const scope = { ...usual.scope, forbiddenLabels: ["pci"] };
    const gate = await scene.reviewed(await activePilot(seed, { ...usual, scope }), people.ada);
    await labelRepository(seed, { repositoryId, labels: ["pci"] });
    await expect(decide(people.bo, gate)).rejects.toMatchObject(refusal("refused", /labelled “pci”/));
    expect(await approvalsOf(gate.gateId)).toBe(0);
    const without = labelRepository(seed, { repositoryId, labels: [] });
    await expect(without).rejects.toMatchObject(refusal("refused", /“pci” cannot be taken off/));
  });

  test("is bound to the digest that was shown", async () => {
    const gate = await reviewed();
    await expect(decide(people.bo, { ...gate, digest: "0".repeat(64) })).rejects.toMatchObject(
      refusal("conflict", /not what this gate decides/),
    );
    expect(await approvalsOf(gate.gateId)).toBe(0);
    expect(await decide(people.bo, gate)).toEqual({ status: "approved" });
  });

  test("writes the intent with everything the approval was bound to, and nothing more is decided", async () => {
    const gate = await reviewed();
    await decide(people.bo, gate, "approve", "Reads well.");
    expect(await getRun(seed, gate.runId)).toMatchObject({ status: "merging" });
    const { rows } = await database.owner.query("select * from merge where run_id = $1", [gate.runId]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      gate_id: gate.gateId,
      state: "intent",
      target_ref: "refs/heads/main",
      expected_old: "a".repeat(40),
      new_commit: null,
    });
    expect(rows[0].message).toContain(`Pilothouse-Approved-By: ${actorId(people.bo.actor)} (reviewer)`);
    expect(rows[0].message).toContain(`Pilothouse-Decision: ${gate.gateId} sha256:${gate.digest}`);
    const { rows: jobs } = await database.owner.query(
      "select from pgboss.job where name = 'publish_merge' and data ->> 'mergeId' = $1",
      [rows[0].id],
    );
    expect(jobs).toHaveLength(1);
    expect((await kindsAbout(database, `gate:${gate.gateId}`)).slice(-3)).toEqual([
      "gate.approval_given",
      "gate.approved",
      "run.merge_intended",
    ]);
    await expect(decide(people.cy, gate)).rejects.toMatchObject(refusal("refused", /is approved/));
    await expect(cancelRun(seed, { runId: gate.runId, reason: "too late" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("is not for who launched the run, nor for a viewer, a stranger or a machine", async () => {
    const gate = await reviewed();
    await expect(decide(people.ada, gate)).rejects.toMatchObject(refusal("refused", /somebody else/));
    await expect(decide(people.dee, gate)).rejects.toMatchObject(refusal("refused", /may approve this/));
    await expect(decide(testScope({ roles: ["reviewer"], clock }), gate)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(decide(runner, gate)).rejects.toMatchObject({ code: "forbidden" });
    await expect(decide(seed, gate)).rejects.toMatchObject({ code: "forbidden" });
    expect(await approvalsOf(gate.gateId)).toBe(0);
    expect((await getGate(people.ada, gate.gateId)).cannotApprove).toMatch(/somebody else/);
    expect((await getGate(people.bo, gate.gateId)).cannotApprove).toBeNull();
  });

  test("takes two different people where the charter says two", async () => {
    const gate = await reviewed({ approverCount: 2 });
    expect(await decide(people.bo, gate)).toEqual({ status: "open" });
    await expect(decide(people.bo, gate)).rejects.toMatchObject(refusal("refused", /another person/));
    expect((await getRun(seed, gate.runId)).status).toBe("in_review");
    expect(await decide(people.cy, gate)).toEqual({ status: "approved" });
  });

  test("takes one person more where a flag asks for it", async () => {
    const runId = await scene.launched(work.pilotId, people.ada);
    const flag = { rule: "protected_path", severity: "extra_approver", path: "x", sentence: "x" } as const;
    const gate = await toReview(scene, runId, { flags: [flag] });
    expect((await getGate(seed, gate?.gateId ?? "")).needed).toBe(2);
  });

  test("probe: an approval of somebody whose role was taken away since does not count", async () => {
    const eve = await member(seed, "fay", "reviewer");
    const gate = await reviewed({ approverCount: 2 });
    await decide(eve, gate);
    await database.owner.query(
      "with gone as (update role_grant set revoked_at = now() where person_id = $1) insert into log_entry (id, kind, about, body) values ($2, 'person.role_granted', array['person:' || $1], '')",
      [actorId(eve.actor), `ent_${actorId(eve.actor)}`],
    );
    expect(await decide(people.bo, gate)).toEqual({ status: "open" });
    await expect(decide(eve, gate)).rejects.toMatchObject({ code: "not_found" });
    expect(await decide(people.cy, gate)).toEqual({ status: "approved" });
    const { rows } = await database.owner.query("select message from merge where run_id = $1", [gate.runId]);
    expect(rows[0].message.match(/Approved-By: \S+/g)).toEqual(
      [people.bo, people.cy].map((scope) => `Approved-By: ${actorId(scope.actor)}`),
    );
  });

  test("one denial rejects the run; the reason is in the rows and only its digest in the record", async () => {
    const gate = await reviewed({ approverCount: 2 });
    await decide(people.bo, gate, "approve", "A secret word of approval.");
    expect(await decide(people.cy, gate, "deny", "A secret word of denial.")).toEqual({ status: "denied" });
    expect(await getRun(seed, gate.runId)).toMatchObject({
      status: "rejected",
      reason: "A secret word of denial.",
    });
    const entries = JSON.stringify([
      ...(await entriesAbout(database, `gate:${gate.gateId}`)),
      ...(await entriesAbout(database, `run:${gate.runId}`)),
    ]);
    expect(entries).not.toContain("secret word");
    expect(entries.match(/"reason_sha256":"[0-9a-f]{64}"/g)?.length).toBeGreaterThanOrEqual(4);
    expect((await getGate(seed, gate.gateId)).approvals.map(({ reason }) => reason)).toEqual([
      "A secret word of approval.",
      "A secret word of denial.",
    ]);
    await expect(decide(people.ada, gate)).rejects.toMatchObject({ code: "refused" });
  });

  test("who approved cannot deny as well, and is told what to do", async () => {
    const gate = await reviewed({ approverCount: 2 });
    await decide(people.bo, gate);
    await expect(decide(people.bo, gate, "deny", "Changed my mind.")).rejects.toMatchObject(
      refusal("refused", /ask another approver/),
    );
  });

  test("a gate that ran out is denied, by the worker's own role, and only once", async () => {
    const gate = await reviewed({ approvalHours: 1 });
    clock.advance(HOUR);
    await expect(decide(people.bo, gate)).rejects.toMatchObject(refusal("refused", /expired/));
    const both = () => Promise.all([expireGates(seed), expireGates(seed)]);
    expect((await asProcess(database, "worker", both)).reduce((sum, count) => sum + count)).toBeGreaterThan(
      0,
    );
    expect(await getGate(seed, gate.gateId)).toMatchObject({ status: "expired" });
    expect((await getRun(seed, gate.runId)).status).toBe("rejected");
    const kinds = await kindsAbout(database, `gate:${gate.gateId}`);
    expect(kinds.filter((kind) => kind === "gate.expired")).toHaveLength(1);
    expect(await asProcess(database, "worker", () => expireGates(seed))).toBe(0);
  });
});

describe("what changed since the gate opened", () => {
  test("under an emergency stop nothing is approved and nothing half-written; after it the same gate is", async () => {
    const gate = await reviewed();
    const { stopId } = await pullStop(people.ada, { scope: "everything", reason: "look first" });
    await expect(decide(people.bo, gate)).rejects.toMatchObject(refusal("refused", /emergency stop/));
    expect(await approvalsOf(gate.gateId)).toBe(0);
    expect((await getRun(seed, gate.runId)).status).toBe("in_review");
    expect(await kindsAbout(database, `gate:${gate.gateId}`)).toEqual(["gate.opened"]);
    const lift = await getGate(seed, (await askToLift(people.ada, { stopId, reason: "looked" })).gateId);
    await decide(people.cy, { gateId: lift.id, digest: lift.digest });
    expect(await decide(people.bo, gate)).toEqual({ status: "approved" });
  });

  test("a base that moved voids the gate and sends the run back onto the new base", async () => {
    const gate = await reviewed();
    const mirrored = (head: string) =>
      recordMirror(seed, work.repositoryId, { outcome: "mirrored", branch: "main", head, commits: 4 });
    await mirrored("c".repeat(40));
    expect(await decide(people.bo, gate)).toEqual({ status: "void" });
    expect(await getGate(seed, gate.gateId)).toMatchObject({ status: "void" });
    expect(await getRun(seed, gate.runId)).toMatchObject({ status: "queued", baseCommit: "c".repeat(40) });
    expect(await kindsAbout(database, `gate:${gate.gateId}`)).not.toContain("gate.approved");
    expect(await kindsAbout(database, `run:${gate.runId}`)).toContain("run.base_moved");
    const { rows } = await database.owner.query("select from merge where run_id = $1", [gate.runId]);
    expect(rows).toHaveLength(0);

    await openBase(database, work.repositoryId, "c");
    await toAgentAgain(scene, gate.runId);
    const again = await toReview(scene, gate.runId);
    expect(await findAgain(people.bo, await getGate(people.bo, again?.gateId ?? ""))).toMatchObject({
      ...{ gateId: gate.gateId, identical: true, isRerun: true, approvedBy: ["bo"] },
      ...{ from: "a".repeat(40), to: "c".repeat(40), reason: expect.stringMatching(/The base moved/) },
    });
    expect(again?.digest).not.toBe(gate.digest);
    await expect(decide(people.bo, gate)).rejects.toMatchObject(refusal("refused", /is void/));
    expect(await decide(people.bo, again ?? gate)).toEqual({ status: "approved" });
    await mirrored("a".repeat(40));
  });

  const alterations = [
    ["tree", "patch", "tree = repeat('9', 40)", "run_id", "resulting tree"],
    ["patch", "patch", "digest = repeat('9', 64)", "run_id", "patch"],
    ["evidence", "evidence", "canonical = replace(canonical, 'passed', 'Passed')", "run_id", "evidence"],
    ["evidence's digest", "evidence", "digest = repeat('9', 64)", "run_id", "evidence"],
    ["decision document", "gate", "document = replace(document, 'main', 'mein')", "run_id", "document"],
    ["approval", "approval", "digest = repeat('9', 64)", "gate_id", "another document"],
  ] as const;
  test.each(alterations)(
    "probe: one byte of the %s altered behind the gate voids it with the reason, and nothing is merged",
    async (_, table, change, column, word) => {
      const gate = await reviewed({ approverCount: 2 });
      await decide(people.bo, gate);
      await database.owner.query(`alter table ${table} disable trigger governed`);
      const id = column === "run_id" ? gate.runId : gate.gateId;
      const { rowCount } = await database.owner.query(`update ${table} set ${change} where ${column} = $1`, [
        id,
      ]);
      await database.owner.query(`alter table ${table} enable trigger governed`);
      expect(rowCount).toBe(1);
      expect(await decide(people.cy, gate)).toEqual({ status: "void" });
      expect(await getGate(seed, gate.gateId)).toMatchObject({
        status: "void",
        reason: expect.stringMatching(new RegExp(`${word}.*altered after`)),
      });
      expect((await getRun(seed, gate.runId)).status).toBe("in_review");
      expect(await kindsAbout(database, `gate:${gate.gateId}`)).not.toContain("run.merge_intended");
    },
  );
});
