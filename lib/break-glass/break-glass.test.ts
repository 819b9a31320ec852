// Merging past the gate: who may, what is checked all the same, and the review that stays open.
import { beforeAll, describe, expect, test } from "vitest";
import { makeAccount } from "../api-tokens/accounts.ts";
import { DAY } from "../clock.ts";
import { decideGate, expireGates } from "../gates/decide-gate.ts";
import { getGate, listGatesOf, listInbox } from "../gates/service.ts";
import { getMerge, settleMerge } from "../merges/service.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { member } from "../testing/arrange.ts";
import { asProcess, entriesAbout, kindsAbout, toReview } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { GlassDocument } from "./schema.ts";
import { breakGlass, listUnreviewed, mayBreakGlass } from "./service.ts";

const scene = await runScene();
const { database, clock, seed } = scene;
const PATCH = "3".repeat(64);
const REASON = "The shop is down, and this is the fix.";
let pilotId = "";
let sec: Scope;
let eng: Scope;
let reviewer: Scope;

const idOf = ({ actor }: Scope): string => ("personId" in actor ? actor.personId : "");
const wanted = (runId: string, more: object = {}) => ({ runId, patch: PATCH, reason: REASON, ...more });

beforeAll(async () => {
  sec = await member(seed, "sec", "security_lead");
  eng = await member(seed, "eng", "engineering_lead");
  reviewer = await member(seed, "rev", "reviewer");
  pilotId = await scene.pilotControlled({
    breakGlass: ["security_lead"],
    approverCount: 2,
    maxConcurrentRuns: 20,
  });
});

/** A run in review: with green evidence and an open gate, or with red evidence and none. */
async function inReview({ green = true, pilot = pilotId, by = seed } = {}): Promise<string> {
  const runId = await scene.launched(pilot, by);
  await toReview(scene, runId, { green });
  return runId;
}

async function decide(by: Scope, gateId: string, decision: "approve" | "deny") {
  const { digest } = await getGate(by, gateId);
  return decideGate(by, { gateId, digest, decision, reason: "Read it, and the shop was down." });
}

const mergesOf = async (runId: string) =>
  (
    await database.owner.query<{ id: string; gate_id: string; message: string }>(
      "select id, gate_id, message from merge where run_id = $1",
      [runId],
    )
  ).rows;

describe("breaking the glass", () => {
  test("merges at once what lacks approvals, on the word of one named person, and says so everywhere", async () => {
    const runId = await inReview();
    expect(await mayBreakGlass(sec, runId)).toBe("session");
    const { gateId } = await breakGlass(sec, wanted(runId));
    expect((await getRun(seed, runId)).status).toBe("merging");
    const [merge] = await mergesOf(runId);
    expect(merge?.gate_id).toBe(gateId);
    expect(merge?.message).toContain(`Pilothouse-Break-Glass: ${idOf(sec)} (security_lead)`);
    expect(merge?.message).not.toContain("Approved-By");
    const gates = await listGatesOf(seed, runId);
    expect(gates.map(({ kind, status }) => [kind, status])).toEqual([
      ["break_glass", "open"],
      ["merge", "void"],
    ]);
    const document = GlassDocument.parse(JSON.parse(gates[0]?.document ?? ""));
    expect(document).toMatchObject({
      ...{
        run: runId,
        patch: PATCH,
        by: idOf(sec),
        as: "security_lead",
        reason: REASON,
        verdict: "verified",
      },
      ordinary: { needed: 2, roles: expect.arrayContaining(["reviewer"]) },
    });
    const used = (await entriesAbout(database, `run:${runId}`)).find(
      ({ kind }) => kind === "break_glass.used",
    );
    expect(used?.detail).toMatchObject({ gate: gateId, person: idOf(sec), decision: gates[0]?.digest });
    expect(JSON.stringify(used)).not.toContain("shop");
    const kinds = await kindsAbout(database, `run:${runId}`);
    expect(kinds.indexOf("break_glass.used")).toBeLessThan(kinds.indexOf("run.merge_intended"));
    expect(kinds).not.toContain("gate.approved");
  });

  test("merges also over red evidence, and what the authority then refuses opens no ordinary gate", async () => {
    const runId = await inReview({ green: false });
    const { gateId } = await breakGlass(sec, wanted(runId));
    expect(JSON.parse((await getGate(sec, gateId)).document)).toMatchObject({ verdict: "not_repaired" });
    const [merge] = await mergesOf(runId);
    await asProcess(database, "worker", () =>
      settleMerge(seed, merge?.id ?? "", { outcome: "refused", reason: "The hook said no." }),
    );
    expect((await getRun(seed, runId)).status).toBe("in_review");
    expect((await listGatesOf(seed, runId)).map(({ kind }) => kind)).toEqual(["break_glass"]);
    expect((await getMerge(seed, merge?.id ?? "")).state).toBe("refused");
  });

  test("stays open until another lead has reviewed it, however long that takes", async () => {
    const runId = await inReview();
    const { gateId } = await breakGlass(sec, wanted(runId));
    clock.advance(20 * DAY);
    await asProcess(database, "worker", () => expireGates(seed));
    expect((await getGate(eng, gateId)).status).toBe("open");
    expect(await listUnreviewed(eng, pilotId)).toContainEqual(
      expect.objectContaining({ gateId, runId, byName: "sec" }),
    );
    expect((await listInbox(eng)).find(({ id }) => id === gateId)?.cannotApprove).toBeNull();
    await expect(decide(sec, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    await expect(decide(reviewer, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    expect(await decide(eng, gateId, "approve")).toEqual({ status: "approved" });
    expect((await listUnreviewed(eng, pilotId)).map((one) => one.gateId)).not.toContain(gateId);
    const entries = await entriesAbout(database, `gate:${gateId}`);
    expect(entries.find(({ kind }) => kind === "break_glass.reviewed")?.detail).toMatchObject({
      ...{ person: idOf(eng), justified: true, run: runId },
    });
    expect(await mergesOf(runId)).toHaveLength(1);
  });

  test("that a lead does not find justified is reviewed as well; what was merged stays", async () => {
    const runId = await inReview();
    const { gateId } = await breakGlass(sec, wanted(runId));
    expect(await decide(eng, gateId, "deny")).toEqual({ status: "denied" });
    const entries = await entriesAbout(database, `gate:${gateId}`);
    expect(entries.find(({ kind }) => kind === "break_glass.reviewed")?.detail).toMatchObject({
      justified: false,
    });
    expect((await getRun(seed, runId)).status).toBe("merging");
  });
});

describe("the glass holds", () => {
  const code = (attempt: Promise<unknown>) =>
    attempt.then(
      () => "done",
      (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
    );

  test("probe: for whom the charter does not name, for a stranger, and for a token of whom it names", async () => {
    const runId = await inReview();
    expect(await code(breakGlass(eng, wanted(runId)))).toContain("forbidden: Only a security lead");
    expect(await code(breakGlass(reviewer, wanted(runId)))).toContain("forbidden");
    expect(await code(breakGlass(testScope({ clock }), wanted(runId)))).toContain("not_found");
    const token = { kind: "token", personId: idOf(sec), tokenId: "tok_x" } as const;
    const program = testScope({ actor: token, roles: ["security_lead"], clock });
    expect(await code(breakGlass(program, wanted(runId)))).toContain("Only a person who signed in");
    expect(await mayBreakGlass(program, runId)).toBeNull();
    expect(await code(breakGlass(seed, wanted(runId)))).toContain("Only a person who signed in");
    expect(await mergesOf(runId)).toEqual([]);
  });

  test("probe: where the charter names nobody", async () => {
    const runId = await inReview({ pilot: await scene.pilotControlled({ breakGlass: [] }) });
    expect(await code(breakGlass(sec, wanted(runId)))).toContain("names nobody");
    expect(await mayBreakGlass(sec, runId)).toBeNull();
  });

  test("probe: for who launched the run", async () => {
    const runId = await inReview({ by: sec });
    expect(await code(breakGlass(sec, wanted(runId)))).toContain("launched or steered");
    expect(await mayBreakGlass(sec, runId)).toBeNull();
  });

  test("probe: for who answers for the program that launched it: it is not even offered", async () => {
    const admin = await member(seed, "admin", "administrator");
    const personId = await makeAccount(admin, { name: "Pipeline", ownerId: idOf(sec) });
    const token = { kind: "token", personId, tokenId: "tok_test" } as const;
    const runId = await inReview({ by: testScope({ actor: token, roles: ["engineering_lead"], clock }) });
    expect(await code(breakGlass(sec, wanted(runId)))).toContain("launched or steered");
    expect(await mayBreakGlass(sec, runId)).toBeNull();
  });

  test("probe: over another patch than was shown, twice, and once it is merging", async () => {
    const runId = await inReview();
    expect(await code(breakGlass(sec, wanted(runId, { patch: "4".repeat(64) })))).toContain("conflict");
    const both = await Promise.all([
      code(breakGlass(sec, wanted(runId))),
      code(breakGlass(sec, wanted(runId))),
    ]);
    expect(both.filter((said) => said === "done")).toHaveLength(1);
    expect(await mergesOf(runId)).toHaveLength(1);
  });

  test("probe: on a base that moved", async () => {
    const runId = await inReview();
    await moveHead("e".repeat(40));
    expect(await code(breakGlass(sec, wanted(runId)))).toContain("The branch moved");
    await moveHead("a".repeat(40));
    expect(await mergesOf(runId)).toEqual([]);
  });

  test("probe: under a stop", async () => {
    const pilot = await scene.pilotControlled({ breakGlass: ["security_lead"] });
    const runId = await inReview({ pilot });
    await pullStop(eng, { scope: "pilot", pilotId: pilot, reason: "Look first" });
    expect(await code(breakGlass(sec, wanted(runId)))).toMatch(/refused|conflict/);
    expect(await mergesOf(runId)).toEqual([]);
  });
});

async function moveHead(head: string): Promise<void> {
  const client = await database.owner.connect();
  const id = scene.work.repositoryId;
  await client.query("begin");
  await client.query("update repository set head_commit = $2 where id = $1", [id, head]);
  await client.query("insert into log_entry (id, kind, about, body) values ($1, 'test', array[$2], '')", [
    `ent_${head.slice(0, 8)}`,
    `repository:${id}`,
  ]);
  await client.query("commit");
  client.release();
}
