// What becomes of runs that keep the charter they were launched under, at the gates of the one in force.
import { beforeAll, describe, expect, test } from "vitest";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate, listGatesOf } from "../gates/service.ts";
import type { Charter } from "../pilots/schema.ts";
import { writeCharter } from "../pilots/write-charter.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { charterFor, member } from "../testing/arrange.ts";
import { runScene } from "../testing/run-scene.ts";
import { askAmendment } from "./ask-amendment.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, seed, work } = scene;
let [ada, sam, rae]: Scope[] = [];

beforeAll(async () => {
  ada = await member(seed, "ada", "engineering_lead");
  sam = await member(seed, "sam", "security_lead");
  rae = await member(seed, "rae", "reviewer");
});

async function askFor(
  pilotId: string,
  change: (charter: Charter) => Partial<Charter>,
  runs: "keep" | "stop",
) {
  const charter = charterFor(seed, work.repositoryId);
  const { charterId } = await writeCharter(ada as Scope, {
    pilotId,
    charter: { ...charter, ...change(charter) },
  });
  return askAmendment(ada as Scope, { pilotId, charterId, runs });
}

async function approve(by: Scope | undefined, gateId: string) {
  const { digest } = await getGate(by as Scope, gateId);
  return decideGate(by as Scope, { gateId, digest, decision: "approve", reason: "I have read it." });
}

const roles =
  (...approverRoles: Charter["controls"]["approverRoles"]) =>
  (charter: Charter) => ({ controls: { ...charter.controls, approverRoles } });

describe("a run under way", () => {
  test("is not kept where nobody could approve it under both charters: it is stopped, or a role is shared", async () => {
    const pilotId = await scene.pilotWith(roles("reviewer"));
    const runId = await scene.launched(pilotId);
    await expect(askFor(pilotId, roles("security_lead"), "keep")).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(
        "A run that is under way may be merged by reviewer only, and version 2 lets only security lead approve.",
      ),
    });
    await askFor(pilotId, roles("security_lead", "reviewer"), "keep");
    const { gateId } = await askFor(pilotId, roles("security_lead"), "stop");
    expect(await approve(sam, gateId)).toEqual({ status: "approved" });
    expect((await getRun(seed, runId)).status).toBe("cancelled");
  });

  test("that keeps its charter is not merged with what the one in force forbids", async () => {
    const pilotId = await scene.pilotWith();
    const { runId } = await scene.reviewed(pilotId);
    // The patch of the scene changes nothing; what it is judged by here is its list of files alone.
    const files = [
      { path: "src/a.js", previousPath: null, status: "modified", modeBefore: null, modeAfter: null },
    ];
    await database.owner.query("alter table patch disable trigger user");
    await database.owner.query("update patch set files = $2 where run_id = $1", [
      runId,
      JSON.stringify(files.map((file) => ({ ...file, added: 1, removed: 1 }))),
    ]);
    await database.owner.query("alter table patch enable trigger user");
    const elsewhere = ({ scope }: Charter) => ({ scope: { ...scope, allowedPaths: ["nothing/here/**"] } });
    const { gateId } = await askFor(pilotId, elsewhere, "keep");
    expect(await approve(sam, gateId)).toEqual({ status: "approved" });
    const [open] = (await listGatesOf(seed, runId)).filter(({ status }) => status === "open");
    expect(JSON.parse(open?.document ?? "{}").testIntegrity).toEqual([
      expect.stringContaining("The charter in force does not allow to change"),
    ]);
    await expect(approve(rae, open?.id ?? "")).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("Deny it, or amend the charter first."),
    });
    expect((await getRun(seed, runId)).status).toBe("in_review");
  });
});
