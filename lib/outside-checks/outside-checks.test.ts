// Programs report what they found about a patch; leads decide on that, and on what our own harness saw, apart from each other.
import { text } from "node:stream/consumers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import { makeAccount } from "../api-tokens/accounts.ts";
import type { Permission } from "../authz/rules.ts";
import { breakGlass } from "../break-glass/service.ts";
import { listEvidence } from "../evidence/service.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate, listGatesOf, listInbox } from "../gates/service.ts";
import { whoMayApprove } from "../gates/who-may-approve.ts";
import { createLogger } from "../logger.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { findPatch } from "../patches/service.ts";
import { orderRedaction } from "../redactions/order-redaction.ts";
import { TAKEN_AWAY } from "../redactions/rules.ts";
import { makeScope, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { asProcess, entriesAbout, PATCH } from "../testing/journey.ts";
import { type Reviewed, runScene } from "../testing/run-scene.ts";
import { openPatchToCheck } from "./patch-to-check.ts";
import { reportCheck } from "./report-check.ts";
import type { ReportCheck } from "./schema.ts";
import { listChecks } from "./service.ts";

const scene = await runScene();
const { database, clock, seed } = scene;
const TREE = "2".repeat(40);
let owner: Scope;
let bo: Scope;
let lead: Scope;
let account = "";
let pilotId = "";
let ci: Scope;
let review: Reviewed;

const idOf = ({ actor }: Scope): string => ("personId" in actor ? actor.personId : "");

/** What the door makes of a token of an account that holds a role made here. */
function program(
  personId: string,
  on: string,
  permissions: readonly Permission[] = ["evidence.report"],
): Scope {
  const actor = { kind: "token", personId, tokenId: "tok_test" } as const;
  return makeScope({
    actor,
    grants: [{ role: "rol_ci", pilotId: on, permissions }],
    requestId: "req_test",
    clock,
  });
}

const report = (part: Partial<ReportCheck> = {}, by = ci) =>
  reportCheck(by, { runId: review.runId, commit: PATCH, source: "ci/unit", verdict: "passed", ...part });

const openGate = async () => {
  const gate = (await listGatesOf(seed, review.runId)).find(({ status }) => status === "open");
  if (!gate) throw new Error("no gate is open");
  return gate;
};

async function approve(by: Scope) {
  const { id, digest } = await openGate();
  return decideGate(by, { gateId: id, digest, decision: "approve", reason: "" });
}

const shown = async () => {
  const patch = await findPatch(seed, review.runId);
  return listChecks(seed, { runId: review.runId, patchId: patch?.id ?? "" });
};
const outsideOf = async () => JSON.parse((await openGate()).document).outside;

beforeAll(async () => {
  owner = await member(seed, "owner", "reviewer");
  bo = await member(seed, "bo", "reviewer");
  lead = await member(seed, "lead", "security_lead");
  await member(seed, "eng", "engineering_lead");
  account = await makeAccount(await member(seed, "admin", "administrator"), {
    name: "CI",
    ownerId: idOf(owner),
  });
  pilotId = await scene.pilotControlled({ requiredChecks: ["ci/unit"], breakGlass: ["security_lead"] });
  ci = program(account, pilotId);
});

beforeEach(async () => {
  review = await scene.reviewed(pilotId);
});

describe("a merge that waits for a check from outside", () => {
  test("is approved by nobody before it was reported as passed, then decided on with it in the document", async () => {
    expect(await outsideOf()).toEqual([
      { source: "ci/unit", required: true, verdict: "missing", report: null, reportedBy: null },
    ]);
    const waits = "“ci/unit” has not been reported for this patch";
    expect((await getGate(bo, review.gateId)).waitsFor).toContain(waits);
    await expect(approve(bo)).rejects.toThrow(waits);
    await report({ url: "https://ci.example/1", junit: '<testsuites><testcase name="a"/></testsuites>' });
    const [bound] = await outsideOf();
    expect(bound).toMatchObject({ verdict: "passed", reportedBy: account });
    const entry = (await entriesAbout(database, `run:${review.runId}`)).find(
      ({ kind }) => kind === "run.check_reported",
    );
    expect(entry?.detail).toMatchObject({ verdict: "passed", report: bound.report });
    expect(JSON.stringify(entry)).not.toMatch(/ci\.example|ci\/unit/);
    expect(await approve(bo)).toEqual({ status: "approved" });
    expect(
      (await listEvidence(seed, review.runId)).map(({ document }) => document.judgement.verdict),
    ).toEqual(["verified"]);
  });

  test("is held up again by a later report of the same source that did not pass, and goes on after the next", async () => {
    await report();
    const before = await openGate();
    await report({ verdict: "failed" });
    expect((await getGate(seed, before.id)).status).toBe("void");
    await expect(approve(bo)).rejects.toThrow("“ci/unit” failed");
    await report({ verdict: "incomplete" });
    await expect(approve(bo)).rejects.toThrow("“ci/unit” did not end");
    await report();
    expect(await approve(bo)).toEqual({ status: "approved" });
    expect((await shown()).reports.map(({ verdict, isOutdated }) => [verdict, isOutdated])).toEqual([
      ["passed", false],
      ["incomplete", true],
      ["failed", true],
      ["passed", true],
    ]);
  });

  test("probe: an approval given before a report that matters counts for nothing", async () => {
    const two = await scene.pilotControlled({ requiredChecks: ["ci/unit"], approverCount: 2 });
    review = await scene.reviewed(two);
    const theirs = program(account, two);
    await report({}, theirs);
    expect(await approve(bo)).toEqual({ status: "open" });
    await report({ source: "ci/lint", verdict: "failed" }, theirs);
    expect((await openGate()).approvals).toEqual([]);
    expect(await approve(bo)).toEqual({ status: "open" });
  });

  test("probe: an approval and a report that it failed, at once: one comes first, and no merge goes on after the failure", async () => {
    await report();
    const [decided] = await Promise.allSettled([approve(bo), report({ verdict: "failed" })]);
    const kinds = (await entriesAbout(database, `run:${review.runId}`)).map(({ kind }) => kind);
    const isFirst = kinds.indexOf("run.merge_intended") < kinds.lastIndexOf("run.check_reported");
    const isMerging = kinds.includes("run.merge_intended");
    expect(isMerging && !isFirst).toBe(false);
    expect(decided.status === "fulfilled" && decided.value.status === "approved").toBe(isMerging);
  });

  test("is not disturbed by further checks that passed, nor by the same words again", async () => {
    const first = await report();
    const gate = await openGate();
    await report({ source: "ci/docs" });
    expect((await report()).checkId).toBe(first.checkId);
    expect((await openGate()).id).toBe(gate.id);
    expect((await shown()).reports).toHaveLength(2);
  });

  test("may be broken through in an emergency, and the document says what was not waited for", async () => {
    const { gateId } = await breakGlass(lead, {
      ...{ runId: review.runId, patch: "3".repeat(64), reason: "Nobody can pay until this is out." },
    });
    expect(JSON.parse((await getGate(seed, gateId)).document).outside).toMatchObject([
      { verdict: "missing" },
    ]);
  });
});

describe("who reported", () => {
  test("approves nothing of it, nor does whoever answers for them; where it is said, it says why", async () => {
    await report();
    await expect(approve(owner)).rejects.toThrow("reported on this");
    const { id } = await openGate();
    const mine = async (by: Scope) => (await listInbox(by, { show: "mine" })).map((gate) => gate.id);
    expect(await mine(owner)).not.toContain(id);
    expect(await mine(bo)).toContain(id);
    expect((await whoMayApprove(seed, id))?.cannot).toContainEqual(
      expect.objectContaining({ personId: idOf(owner), why: "reported" }),
    );
  });

  test("probe: an approval they gave before counts no more, though no other gate was opened", async () => {
    const two = await scene.pilotControlled({ approverCount: 2 });
    review = await scene.reviewed(two);
    expect(await approve(owner)).toEqual({ status: "open" });
    await report({}, program(account, two));
    expect(await approve(bo)).toEqual({ status: "open" });
    expect(await approve(lead)).toEqual({ status: "approved" });
  });
});

describe("what is checked", () => {
  test("is given out as the bundle the harness tested, to a program that may report about it, and the log says so", async () => {
    const both = program(account, pilotId, ["evidence.report", "run.view"]);
    const { commit, tree, stream } = await openPatchToCheck(both, review.runId);
    expect([commit, tree, await text(stream)]).toEqual([PATCH, TREE, "bundle"]);
    expect((await entriesAbout(database, `run:${review.runId}`)).at(-1)).toMatchObject({
      ...{ kind: "payload.shown", detail: { what: "patch_bundle" } },
    });
    for (const by of [lead, program(account, pilotId, ["run.view"])])
      await expect(openPatchToCheck(by, review.runId)).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      openPatchToCheck(program(account, "pil_other", ["evidence.report", "run.view"]), review.runId),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what is reported", () => {
  test("is found by the patch's tree as well, and belongs to one run", async () => {
    expect(await report({ commit: undefined, tree: TREE })).toMatchObject({ runId: review.runId });
    await scene.reviewed(pilotId);
    await expect(report({ runId: undefined })).rejects.toThrow("Name the run");
  });

  test("probe: of a commit that is no patch's, of another pilot's, by a token that may not, or by a person, nothing is kept", async () => {
    await expect(report({ commit: "e".repeat(40) })).rejects.toMatchObject({ code: "not_found" });
    await expect(report({}, program(account, "pil_other"))).rejects.toMatchObject({ code: "not_found" });
    await expect(report({}, program(account, pilotId, ["run.view"]))).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(report({}, lead)).rejects.toMatchObject({ code: "forbidden" });
    expect((await shown()).reports).toEqual([]);
  });

  test("is committed to with a salt, and taken away with the rest of the run", async () => {
    await report({ url: "https://ci.example/secret" });
    const { rows } = await database.owner.query(
      "select canonical, salt, commitment from outside_check where run_id = $1",
      [review.runId],
    );
    expect(payloadCommitment(rows[0].salt, Buffer.from(rows[0].canonical)).toString("hex")).toBe(
      rows[0].commitment,
    );
    const { id, digest } = await openGate();
    await decideGate(bo, { gateId: id, digest, decision: "deny", reason: "No." });
    const reason = "An address was secret.";
    await orderRedaction(lead, { runId: review.runId, kind: "all", seqs: [], reason });
    const place = { mirrorOf: () => "/nonexistent", logger: createLogger("test") };
    await asProcess(database, "worker", () => carryOutRedactions(place, seed));
    const { rows: left } = await database.owner.query(
      "select canonical, salt from outside_check where run_id = $1",
      [review.runId],
    );
    expect(left[0].salt).toBeNull();
    expect(left[0].canonical).toContain(TAKEN_AWAY);
    expect(left[0].canonical).not.toContain("ci.example");
    expect((await shown()).reports[0]).toMatchObject({ document: null, verdict: "passed" });
    await expect(report({ verdict: "failed" })).rejects.toThrow("has been taken away");
  });
});
