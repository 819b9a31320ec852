import { describe, expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { decideGate, expireGates } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { getRetention } from "../retention/service.ts";
import type { Scope } from "../scope.ts";
import { activePilot, member } from "../testing/arrange.ts";
import { asProcess } from "../testing/journey.ts";
import { pilotScene } from "../testing/pilot-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { askActivation, askResume } from "./ask-activation.ts";
import {
  activatePilot,
  findActiveCharter,
  getPilot,
  pauseByTripwire,
  pausePilot,
  resumePilot,
} from "./service.ts";
import { createPilot, writeCharter } from "./write-charter.ts";

const { database, clock, seed, charter, lead, reviewer, draft, kindsOf } = await pilotScene();
let security: Scope;

/** With the database role of the worker, as in the product. */
const asWorker = <T>(work: () => Promise<T>): Promise<T> => asProcess(database, "worker", work);

const decide = async (scope: Scope, gateId: string, decision: "approve" | "deny") => {
  const { digest } = await getGate(scope, gateId);
  return decideGate(scope, { gateId, digest, decision, reason: "I have read it." });
};

describe("activation", () => {
  test("cannot be asked for while nobody else could agree", async () => {
    const { pilotId } = await draft();
    await expect(askActivation(lead, pilotId)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("nobody but you is security lead"),
    });
    expect((await getPilot(lead, pilotId)).status).toBe("draft");
  });

  test("cannot be asked for where more would have to approve a merge than there are", async () => {
    await member(seed, "sid", "security_lead");
    const controls = { ...charter.controls, approverCount: 3 };
    const { pilotId } = await createPilot(lead, {
      ...{ name: "Too many", timeZone: "UTC", charter: { ...charter, controls } },
    });
    await expect(askActivation(lead, pilotId)).rejects.toMatchObject({
      code: "refused",
      fields: { "controls.approverCount": [expect.stringContaining("only 2 people could")] },
    });
    expect((await getPilot(lead, pilotId)).status).toBe("draft");
  });

  test("sets how long payloads are kept, where the charter says it", async () => {
    const sid = await member(seed, "sib", "security_lead");
    const { pilotId } = await createPilot(lead, {
      ...{ name: "Kept for ninety", timeZone: "UTC" },
      charter: { ...charter, kpis: { ...charter.kpis, retentionDays: 90 } },
    });
    const { gateId } = await askActivation(lead, pilotId);
    expect((await getRetention(lead, pilotId)).days).toBeNull();
    await decide(sid, gateId, "approve");
    expect(await getRetention(lead, pilotId)).toMatchObject({ days: 90, isHeld: false, setByName: "sib" });
    expect(await kindsOf(pilotId)).toContain("retention.set");
  });

  test("takes two different people, one of them a security lead", async () => {
    security = await member(seed, "cy", "security_lead");
    const { pilotId, digest } = await draft();
    const { gateId } = await askActivation(lead, pilotId);
    const gate = await getGate(security, gateId);
    expect(JSON.parse(gate.document)).toMatchObject({
      decides: "activate",
      pilot: pilotId,
      goal: charter.goal.statement,
      charter: digest,
      charterVersion: 1,
    });
    expect(gate.cannotApprove).toBeNull();
    await expect(decide(lead, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    const otherLead = await member(seed, "dee", "engineering_lead");
    await expect(decide(otherLead, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    await expect(decide(reviewer, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    expect((await getPilot(lead, pilotId)).status).toBe("activating");
    expect(await decide(security, gateId, "approve")).toEqual({ status: "approved" });
    const pilot = await getPilot(lead, pilotId);
    expect(pilot).toMatchObject({ status: "active", activeVersion: 1, activatedAt: new Date(clock.now()) });
    expect(pilot.versions).toMatchObject([{ active: true }]);
    expect(await read(lead, (db) => findActiveCharter(db, pilotId))).toMatchObject({ digest, charter });
    expect(await kindsOf(pilotId)).toEqual([
      ...["pilot.created", "pilot.charter_written", "pilot.activation_asked", "gate.opened"],
      ...["gate.approval_given", "gate.approved", "pilot.activated"],
    ]);
  });

  test("asked by a security lead, an engineering lead may be the second", async () => {
    const { pilotId } = await draft();
    const { gateId } = await askActivation(security, pilotId);
    await expect(decide(security, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    expect(await decide(lead, gateId, "approve")).toEqual({ status: "approved" });
  });

  test("freezes the draft, and denying it gives the draft back with the reason", async () => {
    const { pilotId } = await draft();
    const { gateId } = await askActivation(lead, pilotId);
    await expect(
      writeCharter(lead, {
        pilotId,
        charter: { ...charter, goal: { ...charter.goal, statement: "Something else." } },
      }),
    ).rejects.toMatchObject({ code: "conflict" });
    await expect(askActivation(security, pilotId)).rejects.toMatchObject({ code: "conflict" });
    await decide(security, gateId, "deny");
    expect(await getPilot(lead, pilotId)).toMatchObject({
      status: "draft",
      statusReason: "I have read it.",
      activeCharterId: null,
    });
    await askActivation(lead, pilotId);
  });

  test("not decided in time falls back to draft", async () => {
    const { pilotId } = await draft();
    await askActivation(lead, pilotId);
    clock.advance((charter.controls.approvalHours + 1) * HOUR);
    await asWorker(() => expireGates(testScope({ actor: systemActor("worker"), clock })));
    expect((await getPilot(lead, pilotId)).status).toBe("draft");
  });

  test("is refused for a charter whose last day has passed meanwhile", async () => {
    const endsOn = new Date(clock.now() + 2 * DAY).toISOString().slice(0, 10);
    const { pilotId } = await createPilot(lead, {
      name: "Short",
      timeZone: "UTC",
      charter: { ...charter, rollback: { ...charter.rollback, endsOn } },
    });
    clock.advance(4 * DAY);
    await expect(askActivation(lead, pilotId)).rejects.toMatchObject({ code: "refused" });
  });

  test("probe: a charter of another pilot is not activated", async () => {
    const [one, other] = [await draft(), await draft()];
    await askActivation(lead, one.pilotId);
    await expect(
      transaction(lead, (tx) => activatePilot(tx, lead, one.pilotId, other.charterId)),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("pausing", () => {
  test("by a person holds the pilot with the reason; resuming takes another person", async () => {
    const pilotId = await activePilot(seed, charter);
    await pausePilot(reviewer, { pilotId, reason: "Too many surprises." });
    expect(await getPilot(lead, pilotId)).toMatchObject({
      status: "paused",
      statusReason: "Too many surprises.",
    });
    await expect(pausePilot(reviewer, { pilotId, reason: "again" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(askResume(reviewer, { pilotId, reason: "go on" })).rejects.toMatchObject({
      code: "forbidden",
    });
    const { gateId } = await askResume(lead, { pilotId, reason: "Looked into it." });
    expect(await askResume(security, { pilotId, reason: "me too" })).toEqual({ gateId });
    await expect(decide(lead, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    await decide(security, gateId, "approve");
    expect(await getPilot(lead, pilotId)).toMatchObject({ status: "active", statusReason: null });
  });

  test("by a tripwire is written once, however often it trips", async () => {
    const pilotId = await activePilot(seed, charter);
    const worker = testScope({ actor: systemActor("worker"), clock });
    const trip = () =>
      transaction(worker, (tx) => pauseByTripwire(tx, worker, pilotId, "3 runs in a row failed."));
    const trips = await asWorker(() => Promise.all([trip(), trip(), trip()]));
    expect(trips.filter(Boolean)).toHaveLength(1);
    expect((await kindsOf(pilotId)).filter((kind) => kind === "pilot.paused")).toHaveLength(1);
    await transaction(worker, (tx) => resumePilot(tx, worker, pilotId));
    expect((await getPilot(lead, pilotId)).status).toBe("active");
  });

  test("is for active pilots; asking to resume is for paused ones", async () => {
    const { pilotId } = await draft();
    await expect(pausePilot(lead, { pilotId, reason: "because" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(askResume(lead, { pilotId, reason: "because" })).rejects.toMatchObject({ code: "conflict" });
  });
});
