import { beforeAll, describe, expect, test } from "vitest";
import { HOUR } from "../clock.ts";
import { decideGate, expireGates } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { finishLease } from "../leases/service.ts";
import { grantRole } from "../people/service.ts";
import { askActivation } from "../pilots/ask-activation.ts";
import { completePilot } from "../pilots/complete-pilot.ts";
import type { Charter } from "../pilots/schema.ts";
import { getPilot, pausePilot } from "../pilots/service.ts";
import { createPilot, writeCharter } from "../pilots/write-charter.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { charterFor, member, readyRepository } from "../testing/arrange.ts";
import { entriesAbout, kindsAbout, leaseOf } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { askAmendment } from "./ask-amendment.ts";
import { findProposal } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed, work, runner } = scene;
let [ada, bea, sam, sue]: Scope[] = [];

beforeAll(async () => {
  ada = await member(seed, "ada", "engineering_lead");
  bea = await member(seed, "bea", "engineering_lead");
  sam = await member(seed, "sam", "security_lead");
});

const inForce = (): Charter => charterFor(seed, work.repositoryId);
const write = async (pilotId: string, controls: Partial<Charter["controls"]>) => {
  const charter = inForce();
  return writeCharter(ada as Scope, {
    pilotId,
    charter: { ...charter, controls: { ...charter.controls, ...controls } },
  });
};
const ask = (by: Scope | undefined, pilotId: string, charterId: string, runs: "keep" | "stop" = "keep") =>
  askAmendment(by as Scope, { pilotId, charterId, runs });
const decide = async (by: Scope | undefined, gateId: string, decision: "approve" | "deny" = "approve") => {
  const { digest } = await getGate(by as Scope, gateId);
  return decideGate(by as Scope, { gateId, digest, decision, reason: "I have read it." });
};
const versionInForce = async (pilotId: string) => (await getPilot(seed, pilotId)).activeVersion;

describe("a version that only tightens the charter", () => {
  test("is in force once one other lead agreed, and the log says from what to what", async () => {
    const pilotId = await scene.pilotWith();
    const { charterId, digest } = await write(pilotId, { maxRunMinutes: 10 });
    expect(await versionInForce(pilotId)).toBe(1);
    expect(await findProposal(ada as Scope, pilotId)).toMatchObject({
      ...{ charterId, version: 2, loosens: false, needed: 1, openGate: null },
      changes: [{ field: "controls.maxRunMinutes", before: ["30"], after: ["10"], direction: "tighter" }],
    });
    const { gateId } = await ask(ada, pilotId, charterId);
    expect((await findProposal(ada as Scope, pilotId))?.openGate).toBe(gateId);
    expect(JSON.parse((await getGate(seed, gateId)).document)).toMatchObject({
      ...{ decides: "amend", charter: digest, charterVersion: 2, loosens: false, runs: "keep" },
    });
    await expect(decide(ada, gateId)).rejects.toMatchObject({ code: "refused" });
    expect(await decide(bea, gateId)).toEqual({ status: "approved" });
    expect(await versionInForce(pilotId)).toBe(2);
    expect(await findProposal(ada as Scope, pilotId)).toBeNull();
    const amended = (await entriesAbout(database, `pilot:${pilotId}`)).find(
      ({ kind }) => kind === "pilot.amended",
    );
    expect(amended?.detail).toMatchObject({ charter: digest, version: 2 });
  });
});

describe("a version that loosens the charter", () => {
  test("asked by an engineering lead takes a security lead", async () => {
    const pilotId = await scene.pilotWith();
    const { charterId } = await write(pilotId, { budgetRunCents: 900 });
    const { gateId } = await ask(ada, pilotId, charterId);
    await expect(decide(bea, gateId)).rejects.toMatchObject({ code: "refused" });
    expect(await decide(sam, gateId)).toEqual({ status: "approved" });
    expect(await versionInForce(pilotId)).toBe(2);
  });

  test("takes as many people as the charter in force wants for a merge, whatever the new one wants", async () => {
    const pilotId = await scene.pilotControlled({ approverCount: 2 });
    const { charterId } = await write(pilotId, { approverCount: 1 });
    await expect(ask(ada, pilotId, charterId)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(
        "2 people besides you have to agree, and only 1 but you is security lead",
      ),
    });
    const { gateId } = await ask(sam, pilotId, charterId);
    expect(await decide(ada, gateId)).toEqual({ status: "open" });
    await expect(decide(ada, gateId)).rejects.toMatchObject({ code: "refused" });
    expect(await versionInForce(pilotId)).toBe(1);
    expect(await decide(bea, gateId)).toEqual({ status: "approved" });
    expect(await versionInForce(pilotId)).toBe(2);
  });
});

describe("an amendment that is not agreed to", () => {
  test("leaves the charter in force: denied, expired, or replaced by another asking", async () => {
    const pilotId = await scene.pilotWith();
    const first = await write(pilotId, { maxAttempts: 2 });
    const denied = await ask(ada, pilotId, first.charterId);
    expect(await decide(bea, denied.gateId, "deny")).toEqual({ status: "denied" });
    const late = await ask(ada, pilotId, first.charterId);
    const second = await write(pilotId, { maxAttempts: 1 });
    const newer = await ask(ada, pilotId, second.charterId);
    expect(await getGate(seed, late.gateId)).toMatchObject({
      status: "void",
      reason: "Another version was asked for.",
    });
    clock.advance(73 * HOUR);
    await expireGates(seed);
    expect((await getGate(seed, newer.gateId)).status).toBe("expired");
    expect(await versionInForce(pilotId)).toBe(1);
  });

  test("is void where the pilot ended meanwhile", async () => {
    const pilotId = await scene.pilotWith();
    const { charterId } = await write(pilotId, { maxAttempts: 2 });
    const { gateId } = await ask(ada, pilotId, charterId);
    await completePilot(sam as Scope, { pilotId, reason: "It is over." });
    expect(await decide(bea, gateId)).toEqual({ status: "void" });
    expect(await versionInForce(pilotId)).toBe(1);
  });

  test.each([
    ["is no lead any more", "reviewer", { maxAttempts: 2 }, "no longer a lead here"],
    [
      "is not the security lead any more",
      "engineering_lead",
      { maxRunMinutes: 90 },
      "no longer a security lead",
    ],
  ] as const)("is void where whoever asked %s", async (_why, stays, controls, reason) => {
    const pilotId = await scene.pilotWith();
    const { charterId } = await write(pilotId, controls);
    const asker = await member(seed, `asker-${stays}`, "security_lead");
    const personId = actorId(asker.actor);
    await grantRole(seed, { personId, role: stays, pilotId: null });
    const { gateId } = await ask(asker, pilotId, charterId);
    await database.owner.query(
      `with gone as (update role_grant set revoked_at = now() where person_id = $1 and role = 'security_lead')
        insert into log_entry (id, kind, about, body) values ($2, 'person.role_granted', array['person:' || $1], '')`,
      [personId, `ent_${stays}`],
    );
    expect(await decide(bea, gateId)).toEqual({ status: "void" });
    expect((await getGate(seed, gateId)).reason).toContain(reason);
    expect(await versionInForce(pilotId)).toBe(1);
  });

  test("cannot be asked for by whoever may not, for another pilot's charter, or for what is in force", async () => {
    const [pilotId, other] = [await scene.pilotWith(), await scene.pilotWith()];
    const { charterId } = await write(other, { maxAttempts: 2 });
    sue = await member(seed, "sue", "reviewer");
    await expect(ask(sue, other, charterId)).rejects.toMatchObject({ code: "forbidden" });
    await expect(ask(ada, pilotId, charterId)).rejects.toMatchObject({ code: "not_found" });
    const same = (await getPilot(seed, pilotId)).charter.id;
    await expect(ask(ada, pilotId, same)).rejects.toMatchObject({ code: "conflict" });
    const elsewhere = { ...inForce(), scope: { ...inForce().scope, repositoryId: `rep_${"0".repeat(22)}` } };
    await expect(writeCharter(ada as Scope, { pilotId, charter: elsewhere })).rejects.toMatchObject({
      code: "bad_input",
    });
  });
});

test("probe: a version from before the activation does not take the pilot to another repository", async () => {
  const other = charterFor(seed, await readyRepository(seed));
  const { pilotId, charterId } = await createPilot(ada as Scope, {
    name: "Moved",
    timeZone: "UTC",
    charter: other,
  });
  await write(pilotId, {});
  const { gateId } = await askActivation(ada as Scope, pilotId);
  await decide(sam, gateId);
  expect(await versionInForce(pilotId)).toBe(2);
  await expect(ask(ada, pilotId, charterId)).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("another repository"),
  });
});

describe("runs under way", () => {
  test("keep the charter they began with, or end with it, as was asked", async () => {
    const pilotId = await scene.pilotWith();
    const kept = await scene.launched(pilotId);
    await leaseOf(runner, kept, "agent");
    const tighter = await write(pilotId, { maxRunMinutes: 10 });
    await decide(bea, (await ask(ada, pilotId, tighter.charterId)).gateId);
    expect(await getRun(seed, kept)).toMatchObject({ status: "preparing", charterVersion: 1 });
    const newer = await scene.launched(pilotId);
    expect(await getRun(seed, newer)).toMatchObject({ charterVersion: 2 });
    const tightest = await write(pilotId, { maxRunMinutes: 5 });
    await pausePilot(sam as Scope, { pilotId, reason: "A look is needed." });
    await decide(bea, (await ask(ada, pilotId, tightest.charterId, "stop")).gateId);
    for (const runId of [kept, newer])
      expect(await getRun(seed, runId)).toMatchObject({
        status: "cancelled",
        reason: "Version 3 of the charter is in force.",
      });
    expect(await kindsAbout(database, `run:${kept}`)).toContain("run.cancelled");
    expect(await getPilot(seed, pilotId)).toMatchObject({ status: "paused", activeVersion: 3 });
  });
});

describe("what a pilot's charter says of all its runs", () => {
  test("is said by the one in force: a kept run that fails pauses the pilot as soon as it says now", async () => {
    const pilotId = await scene.pilotWith();
    const runId = await scene.launched(pilotId);
    const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
    const charter = inForce();
    const { charterId } = await writeCharter(ada as Scope, {
      pilotId,
      charter: { ...charter, rollback: { ...charter.rollback, pauseAfterFailedRuns: 1 } },
    });
    await decide(bea, (await ask(ada, pilotId, charterId)).gateId);
    await finishLease(runner, leaseId, { outcome: "failed", attempt, reason: "broken" });
    expect(await getRun(seed, runId)).toMatchObject({ status: "failed", charterVersion: 1 });
    expect(await getPilot(seed, pilotId)).toMatchObject({
      status: "paused",
      statusReason: "1 run failed; the charter pauses the pilot then.",
    });
  });
});

describe("at the same moment", () => {
  test("an amendment that ends the runs and the end of one of them do not wait for each other", async () => {
    for (let round = 0; round < 4; round++) {
      const pilotId = await scene.pilotControlled({ maxAttempts: 1 });
      const runId = await scene.launched(pilotId);
      const { charterId } = await write(pilotId, { maxAttempts: 1, maxRunMinutes: 10 });
      const { gateId } = await ask(ada, pilotId, charterId, "stop");
      const [amended] = await Promise.allSettled([
        decide(bea, gateId),
        cancelRun(seed, { runId, reason: "Not needed." }),
      ]);
      expect(amended).toMatchObject({ status: "fulfilled", value: { status: "approved" } });
      expect((await getRun(seed, runId)).status).toBe("cancelled");
    }
  });
});
