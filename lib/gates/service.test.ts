import { beforeAll, describe, expect, test } from "vitest";
import { askResume } from "../pilots/ask-activation.ts";
import { getPilot, pausePilot } from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { activePilot, arrangeWork, charterFor, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { enrol, launch, openBase, testBlobs, toReview } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { decideGate } from "./decide-gate.ts";
import { getGate, listDecisions, listGatesOf, listInbox } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock });
let ada: Scope;
let cy: Scope;
let pilotId = "";
let runId = "";
let mergeGate = { gateId: "", digest: "" };
let resumeGate = "";

beforeAll(async () => {
  const work = await arrangeWork(seed);
  await openBase(database, work.repositoryId);
  ada = await member(seed, "ada", "engineering_lead");
  cy = await member(seed, "cy", "security_lead");
  ({ pilotId } = work);
  runId = await launch(ada, pilotId, work.agentId);
  const gate = await toReview({ database, worker: seed, runner: await enrol(seed, "r") }, runId);
  if (gate) mergeGate = gate;
  const paused = await activePilot(seed, charterFor(seed, work.repositoryId));
  await pausePilot(ada, { pilotId: paused, reason: "look first" });
  ({ gateId: resumeGate } = await askResume(ada, { pilotId: paused, reason: "looked" }));
});

describe("the inbox", () => {
  test("shows open gates of one's pilots in words, the soonest deadline first", async () => {
    const inbox = await listInbox(cy);
    expect(inbox.map(({ id }) => id).sort()).toEqual([mergeGate.gateId, resumeGate].sort());
    const deadlines = inbox.map(({ expiresAt }) => expiresAt.getTime());
    expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b));
    const merge = inbox.find(({ kind }) => kind === "merge");
    expect(merge).toMatchObject({
      ...{
        title: "Merge: Repair main",
        openedByName: "the verification",
        cannotApprove: null,
        cannotDeny: null,
      },
      ...{ runId, needed: 1, approvals: [] },
    });
    expect(inbox.find(({ kind }) => kind === "resume")).toMatchObject({
      title: expect.stringMatching(/^Resume: Pilot/),
      openedByName: "ada",
    });
  });

  test("tells each person what they may not, and why", async () => {
    expect(await getGate(ada, mergeGate.gateId)).toMatchObject({
      cannotApprove: expect.stringMatching(/somebody else has to approve/),
      cannotDeny: null,
    });
    const viewer = await member(seed, "vi", "viewer");
    expect((await getGate(viewer, mergeGate.gateId)).cannotDeny).toMatch(/may deny this/);
  });

  test("probe: holds nothing of other pilots, in a list or by id", async () => {
    const stranger = testScope({ roles: [["security_lead", "pil_other"]], clock });
    expect(await listInbox(stranger)).toEqual([]);
    expect(await listDecisions(stranger)).toEqual([]);
    await expect(getGate(stranger, mergeGate.gateId)).rejects.toMatchObject({ code: "not_found" });
    await expect(getGate(cy, "gat_nobody")).rejects.toMatchObject({ code: "not_found" });
    const here = testScope({ roles: [["reviewer", pilotId]], clock });
    expect((await listInbox(here)).map(({ id }) => id)).toEqual([mergeGate.gateId]);
  });

  test("loses what is decided, which the decisions then show with who and why", async () => {
    await decideGate(cy, { ...mergeGate, decision: "deny", reason: "Not this one." });
    expect((await listInbox(cy)).map(({ id }) => id)).toEqual([resumeGate]);
    const [decided] = await listDecisions(cy);
    expect(decided).toMatchObject({
      ...{ id: mergeGate.gateId, status: "denied", reason: "Not this one." },
      approvals: [
        { personId: actorId(cy.actor), personName: "cy", decision: "deny", reason: "Not this one." },
      ],
    });
    expect((await listGatesOf(cy, runId)).map(({ status }) => status)).toEqual(["denied"]);
  });

  test("a resumption approved by the second person lets the pilot go on, once", async () => {
    const gate = await getGate(cy, resumeGate);
    const input = { gateId: gate.id, digest: gate.digest, decision: "approve", reason: "" } as const;
    await expect(decideGate(ada, input)).rejects.toMatchObject({ code: "refused" });
    const results = await Promise.allSettled([decideGate(cy, input), decideGate(cy, input)]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await getPilot(cy, gate.pilotId ?? "")).status).toBe("active");
    expect(await listInbox(cy)).toEqual([]);
  });
});
