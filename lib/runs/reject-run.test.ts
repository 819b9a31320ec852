import { beforeEach, describe, expect, test } from "vitest";
import { decideGate } from "../gates/decide-gate.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { entriesAbout, kindsAbout, toReview } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { rejectRun } from "./reject-run.ts";
import type { RejectedAs } from "./schema.ts";
import { getRun } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, seed } = scene;
const worker = testScope({ roles: ["viewer"], actor: systemActor("worker"), clock: seed.clock });
const journey = { ...scene, worker };
const reviewer = await member(seed, "rae", "reviewer");
const viewer = await member(seed, "vic", "viewer");
let runId = "";

beforeEach(async () => {
  runId = await scene.launched(await scene.pilotWith());
});

const reject = (scope: Scope, rejectedAs?: RejectedAs) =>
  rejectRun(scope, { runId, reason: "It repairs nothing.", rejectedAs });

const rejectedAs = async () =>
  (await database.owner.query("select rejected_as from run_fact where run_id = $1", [runId])).rows[0]
    ?.rejected_as;

describe("rejecting a review that has no gate", () => {
  test("ends the run with the reason, on the record", async () => {
    await toReview(journey, runId, { green: false });
    await reject(reviewer);
    expect(await getRun(reviewer, runId)).toMatchObject({
      status: "rejected",
      reason: "It repairs nothing.",
    });
    expect(await kindsAbout(database, `run:${runId}`)).toContain("run.rejected");
    expect(await rejectedAs()).toBeNull();
  });

  test("says in one word what was the matter, in its entry and for the figures", async () => {
    await toReview(journey, runId, { green: false });
    await reject(reviewer, "unsafe");
    const entry = (await entriesAbout(database, `run:${runId}`)).find(({ kind }) => kind === "run.rejected");
    expect(entry?.detail).toMatchObject({ rejected_as: "unsafe" });
    expect(await rejectedAs()).toBe("unsafe");
  });

  test("at its gate says the same", async () => {
    const gate = await toReview(journey, runId);
    const deny = { decision: "deny", reason: "Somebody did it already.", rejectedAs: "duplicate" } as const;
    await decideGate(reviewer, { gateId: "", digest: "", ...gate, ...deny });
    const entry = (await entriesAbout(database, `run:${runId}`)).find(({ kind }) => kind === "run.rejected");
    expect(entry?.detail).toMatchObject({ rejected_as: "duplicate" });
    expect(await rejectedAs()).toBe("duplicate");
  });

  test("is not possible while a gate is open: the decision would be bound to nothing", async () => {
    await toReview(journey, runId);
    await expect(reject(reviewer)).rejects.toMatchObject({ code: "conflict" });
    expect(await getRun(reviewer, runId)).toMatchObject({ status: "in_review" });
  });

  test("is not possible before there is a review, nor for who may not decide", async () => {
    await expect(reject(reviewer)).rejects.toMatchObject({ code: "conflict" });
    await toReview(journey, runId, { green: false });
    await expect(reject(viewer)).rejects.toMatchObject({ code: "forbidden" });
  });
});
