// A pipeline asks for a release of what runs made, people decide, and the pipeline is told.
import { beforeAll, describe, expect, test } from "vitest";
import { makeAccount } from "../api-tokens/accounts.ts";
import type { Permission } from "../authz/rules.ts";
import { DAY, HOUR } from "../clock.ts";
import { transaction } from "../db.ts";
import { decideGate, expireGates } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { readEntry } from "../record/rules.ts";
import { makeScope, type Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { liftStop } from "../stops/service.ts";
import { member } from "../testing/arrange.ts";
import { asProcess, kindsAbout } from "../testing/journey.ts";
import { published } from "../testing/merged-run.ts";
import { runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { getAnswer, listReleases } from "./answer.ts";
import { askRelease } from "./ask-release.ts";
import { type AskRelease, ReleaseDocument } from "./schema.ts";

const scene = await runScene();
const { database, clock, seed, work } = scene;
const HEAD = "a".repeat(40);
const MERGED = "d".repeat(40);
const ARTIFACT = "b".repeat(64);
let eng: Scope;
let sec: Scope;
let reviewer: Scope;
let pipeline: Scope;
let runId = "";
let mergeGate = "";

const idOf = ({ actor }: Scope): string => ("personId" in actor ? actor.personId : "");
const pilotOf = () => work.pilotId;
const asked = (more: Partial<AskRelease> = {}): AskRelease => ({
  ...{ pilotId: pilotOf(), environment: "production", deployment: { sha: MERGED } },
  artifact: { digest: `sha256:${ARTIFACT}` },
  ...more,
});
const artifact = (letter: string) => ({ artifact: { digest: `sha256:${letter.repeat(64)}` } });

/** What the door makes of a token. */
function program(personId: string, permissions: readonly Permission[] = ["release.ask"]): Scope {
  const actor = { kind: "token", personId, tokenId: "tok_test" } as const;
  const grants = [{ role: "engineering_lead", pilotId: work.pilotId, permissions }] as const;
  return makeScope({ actor, grants, requestId: "req_test", clock });
}

async function decide(by: Scope, gateId: string, decision: "approve" | "deny" = "approve") {
  const { digest } = await getGate(by, gateId);
  return decideGate(by, { gateId, digest, decision, reason: "Read what it contains." });
}

beforeAll(async () => {
  eng = await member(seed, "eng", "engineering_lead");
  sec = await member(seed, "sec", "security_lead");
  reviewer = await member(seed, "rev", "reviewer");
  const admin = await member(seed, "admin", "administrator");
  pipeline = program(await makeAccount(admin, { name: "Pipeline", ownerId: idOf(eng) }));
  const reviewed = await scene.reviewed();
  ({ runId, gateId: mergeGate } = reviewed);
  await decide(reviewer, reviewed.gateId);
  await published(scene, reviewed.gateId);
});

describe("a release", () => {
  test("names what goes where and what it contains, is decided by a lead, and the pipeline is told exactly that", async () => {
    const before = await askRelease(pipeline, asked());
    expect(before).toMatchObject({
      ...{ status: "pending", commit: MERGED, artifact: `sha256:${ARTIFACT}`, environment: "production" },
      ...{ approvals: [], callback: null, decidedAt: null },
    });
    const gate = await getGate(sec, before.gateId);
    const document = ReleaseDocument.parse(JSON.parse(gate.document));
    expect(document).toMatchObject({
      ...{ pilot: work.pilotId, repository: work.repositoryId, commit: MERGED, artifact: ARTIFACT },
      ...{ containsCount: 1, findingsCount: 0, roles: ["engineering_lead", "security_lead"] },
      contains: [
        {
          ...{ run: runId, how: "merge", commit: MERGED, evidence: [{ verdict: "verified" }] },
          approvals: [{ person: idOf(reviewer), role: "reviewer" }],
        },
      ],
    });
    await expect(decide(reviewer, before.gateId)).rejects.toMatchObject({ code: "refused" });
    expect(await decide(sec, before.gateId)).toEqual({ status: "approved" });
    expect(await getAnswer(pipeline, before.gateId)).toMatchObject({
      status: "approved",
      decision: `sha256:${gate.digest}`,
      approvals: [{ person: idOf(sec), role: "security_lead" }],
      callback: { environment_name: "production", state: "approved" },
    });
    expect(await kindsAbout(database, `release:${document.release}`)).toEqual([
      "release.asked",
      "release.approved",
    ]);
    const { rows } = await database.owner.query<{ body: Buffer }>(
      "select body from log_entry where about @> array[$1] order by seq",
      [`release:${document.release}`],
    );
    const [ask, approval] = rows.map(({ body }) => readEntry(body));
    expect(ask?.actor).toMatchObject({ kind: "token", personId: idOf(pipeline), tokenId: "tok_test" });
    expect(approval).toMatchObject({
      actor: { kind: "user", personId: idOf(sec) },
      detail: { commit: MERGED, artifact: ARTIFACT, environment: "production", digest: gate.digest },
    });
  });

  test("asked again in the same words is the same, also at once; with any other word it is another", async () => {
    const words = asked(artifact("1"));
    const [one, two] = await Promise.all([askRelease(pipeline, words), askRelease(pipeline, words)]);
    expect(one?.gateId).toBe(two?.gateId);
    const others = [
      asked({ ...artifact("1"), environment: "staging" }),
      asked(artifact("2")),
      asked({ ...artifact("1"), deployment: { sha: HEAD } }),
    ];
    const gates = await Promise.all(others.map((other) => askRelease(pipeline, other)));
    expect(new Set([one?.gateId, ...gates.map(({ gateId }) => gateId)]).size).toBe(4);
  });

  test("probe: an approval of one artefact says nothing of another", async () => {
    const approved = await askRelease(pipeline, asked(artifact("3")));
    await decide(sec, approved.gateId);
    expect(await askRelease(pipeline, asked(artifact("3")))).toMatchObject({ status: "approved" });
    expect(await askRelease(pipeline, asked(artifact("4")))).toMatchObject({ status: "pending" });
  });

  test("that was denied stays denied; one that expired is denied too, and may be asked for anew", async () => {
    const denied = await askRelease(pipeline, asked(artifact("5")));
    await decide(sec, denied.gateId, "deny");
    expect(await askRelease(pipeline, asked(artifact("5")))).toMatchObject({
      ...{ gateId: denied.gateId, status: "denied", callback: { state: "rejected" } },
    });
    const late = await askRelease(pipeline, asked(artifact("6")));
    clock.advance(31 * DAY);
    await asProcess(database, "worker", () => expireGates(seed));
    expect(await getAnswer(pipeline, late.gateId)).toMatchObject({ status: "expired" });
    expect((await askRelease(pipeline, asked(artifact("6")))).gateId).not.toBe(late.gateId);
  });

  test("before a run's merge contains nothing of it", async () => {
    const { gateId } = await askRelease(pipeline, asked({ ...artifact("7"), deployment: { sha: HEAD } }));
    expect(JSON.parse((await getGate(sec, gateId)).document)).toMatchObject({
      contains: [],
      containsCount: 0,
    });
  });

  test("is asked for by the repository where one pilot works on it", async () => {
    const { pilotId: _, ...rest } = asked(artifact("8"));
    const answer = await askRelease(pipeline, { ...rest, repositoryId: work.repositoryId });
    expect((await getGate(sec, answer.gateId)).pilotId).toBe(work.pilotId);
    await expect(askRelease(pipeline, { ...rest, repositoryId: "rep_x" })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("stands in the list of its pilot", async () => {
    const releases = await listReleases(sec, work.pilotId);
    expect(releases.map(({ status }) => status)).toEqual(
      expect.arrayContaining(["approved", "denied", "expired"]),
    );
    expect(releases[0]?.askedByName).toBe("Pipeline");
    await expect(
      listReleases(testScope({ roles: [["viewer", "pil_x"]] }), work.pilotId),
    ).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("no release", () => {
  test("probe: of a commit that the repository has not", async () => {
    await expect(askRelease(pipeline, asked({ deployment: { sha: "e".repeat(40) } }))).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("no such commit"),
    });
  });

  test("probe: without the permission, or for a pilot of others", async () => {
    const reader = program(idOf(pipeline), ["pilot.view"]);
    await expect(askRelease(reader, asked())).rejects.toMatchObject({ code: "forbidden" });
    await expect(askRelease(pipeline, asked({ pilotId: "pil_other" }))).rejects.toMatchObject({
      code: "not_found",
    });
    const { gateId } = await askRelease(pipeline, asked());
    await expect(getAnswer(reader, gateId)).rejects.toMatchObject({ code: "forbidden" });
    await expect(getAnswer(testScope(), gateId)).rejects.toMatchObject({ code: "not_found" });
  });

  test("probe: approved by who answers for the pipeline that asks", async () => {
    const { gateId } = await askRelease(pipeline, asked(artifact("9")));
    await expect(decide(eng, gateId)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("somebody else"),
    });
  });

  test("probe: read at the door of releases by the id of another gate", async () => {
    await expect(getAnswer(pipeline, mergeGate)).rejects.toMatchObject({ code: "not_found" });
  });

  test("under a stop, neither asked for nor approved", async () => {
    const { gateId } = await askRelease(pipeline, asked(artifact("c")));
    const approved = await askRelease(pipeline, asked(artifact("e")));
    await decide(sec, approved.gateId);
    const { stopId } = await pullStop(sec, { scope: "pilot", pilotId: work.pilotId, reason: "Wait" });
    await expect(askRelease(pipeline, asked(artifact("d")))).rejects.toMatchObject({ code: "refused" });
    await expect(decide(sec, gateId)).rejects.toMatchObject({ code: "refused" });
    // What was approved before it is not to be deployed either, whichever way the pipeline asks.
    const stopped = { code: "refused", message: expect.stringContaining("emergency stop") };
    await expect(getAnswer(pipeline, approved.gateId)).rejects.toMatchObject(stopped);
    await expect(askRelease(pipeline, asked(artifact("e")))).rejects.toMatchObject(stopped);
    const lifter = testScope({ actor: systemActor("demo"), clock });
    await transaction(lifter, (tx) => liftStop(tx, lifter, stopId));
    expect(await decide(sec, gateId)).toEqual({ status: "approved" });
    expect(await getAnswer(pipeline, approved.gateId)).toMatchObject({ status: "approved" });
  });

  test("probe: approved over another artefact than was shown, though somebody changed the row", async () => {
    const { gateId } = await askRelease(pipeline, asked(artifact("f")));
    const client = await database.owner.connect();
    await client.query("begin");
    await client.query("update release set artifact = $2 where gate_id = $1", [gateId, "0".repeat(64)]);
    await client.query(
      `insert into log_entry (id, kind, about, body) select 'ent_forged', 'test', array['release:' || id], ''
       from release where gate_id = $1`,
      [gateId],
    );
    await client.query("commit");
    client.release();
    expect(await decide(sec, gateId)).toEqual({ status: "void" });
    expect(await getAnswer(pipeline, gateId)).toMatchObject({
      status: "denied",
      approvals: expect.any(Array),
    });
    clock.advance(HOUR);
  });
});
