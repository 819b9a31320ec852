import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import { disconnectDatabase, read, transaction } from "../db.ts";
import { decideGate, expireGates } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { closeQueue } from "../jobs/queue.ts";
import { createPerson, grantRole } from "../people/service.ts";
import { addRepository } from "../repositories/service.ts";
import type { Scope } from "../scope.ts";
import { testDatabase } from "../testing/database.ts";
import { person, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { askActivation, askResume } from "./ask-activation.ts";
import { charterDigest } from "./canonical.ts";
import { defaultCharter } from "./defaults.ts";
import type { Charter } from "./schema.ts";
import {
  activateDemoPilot,
  activatePilot,
  charterOf,
  completePilot,
  findActiveCharter,
  findPilotState,
  getCharter,
  getPilot,
  listPilots,
  pauseByTripwire,
  pausePilot,
  resumePilot,
} from "./service.ts";
import { createDemoPilot, createPilot, writeCharter } from "./write-charter.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });

let charter: Charter;
let lead: Scope;
let security: Scope;
let reviewer: Scope;

async function member(name: string, role: "engineering_lead" | "security_lead" | "reviewer"): Promise<Scope> {
  const personId = await createPerson(seed, { email: `${name}@example.org`, name });
  await grantRole(seed, { personId, role, pilotId: null });
  return testScope({ roles: [role], actor: person(personId), clock });
}

beforeAll(async () => {
  const { repositoryId } = await addRepository(seed, {
    name: "ledger",
    source: "/srv/git/ledger",
    authority: "own",
  });
  charter = defaultCharter(repositoryId, "main", new Date(clock.now() + 60 * DAY).toISOString().slice(0, 10));
  lead = await member("ada", "engineering_lead");
  reviewer = await member("bo", "reviewer");
});

afterAll(async () => {
  await closeQueue();
  await disconnectDatabase();
});

const draft = (name = "Nightly") => createPilot(lead, { name, timeZone: "Europe/Berlin", charter });

async function kindsAbout(pilotId: string): Promise<string[]> {
  const { rows } = await database.owner.query(
    "select kind from log_entry where about @> array[$1] order by seq",
    [`pilot:${pilotId}`],
  );
  return rows.map((row) => row.kind);
}

const decide = async (scope: Scope, gateId: string, decision: "approve" | "deny") => {
  const { digest } = await getGate(scope, gateId);
  return decideGate(scope, { gateId, digest, decision, reason: "I have read it." });
};

async function activePilot(): Promise<string> {
  const { pilotId, charterId } = await draft();
  const scope = testScope({ actor: systemActor("test"), clock });
  await transaction(scope, async (tx) => {
    await tx.db.pilot.update({ where: { id: pilotId }, data: { status: "activating" } });
    tx.record({ kind: "pilot.activation_asked", about: [`pilot:${pilotId}`], detail: {} });
    await activatePilot(tx, scope, pilotId, charterId);
  });
  return pilotId;
}

describe("a new pilot", () => {
  test("is a draft with version 1 of its charter, seen by members alone", async () => {
    const { pilotId, charterId, version, digest } = await draft("Ledger nightly");
    expect([version, digest]).toEqual([1, charterDigest(charter)]);
    const pilot = await getPilot(lead, pilotId);
    expect(pilot).toMatchObject({
      ...{
        name: "Ledger nightly",
        status: "draft",
        timeZone: "Europe/Berlin",
        demo: false,
        createdByName: "ada",
      },
      ...{ activeCharterId: null, activeVersion: null, latestVersion: 1, repositoryName: "ledger", runs: {} },
    });
    expect(pilot.charter).toMatchObject({ id: charterId, charter });
    expect(pilot.versions).toMatchObject([{ version: 1, digest, active: false, createdByName: "ada" }]);
    expect(pilot.members).toMatchObject([
      { name: "ada", role: "engineering_lead", byOrganisation: true },
      { name: "bo", role: "reviewer", byOrganisation: true },
    ]);
    expect(await getCharter(lead, charterId)).toMatchObject({ version: 1, charter });
    expect((await listPilots(lead)).map((each) => each.id)).toContain(pilotId);

    const stranger = testScope({ roles: [["engineering_lead", "pil_other"]], clock });
    expect((await listPilots(stranger)).map((each) => each.id)).not.toContain(pilotId);
    await expect(getPilot(stranger, pilotId)).rejects.toMatchObject({ code: "not_found" });
    await expect(getCharter(stranger, charterId)).rejects.toMatchObject({ code: "not_found" });
    await expect(pausePilot(stranger, { pilotId, reason: "because" })).rejects.toMatchObject({
      code: "not_found",
    });
    const guest = testScope({ roles: [["viewer", pilotId]], clock });
    expect((await listPilots(guest)).map((each) => each.id)).toEqual([pilotId]);
  });

  test("is refused with sentences beside the fields when the charter cannot be used", async () => {
    const unusable = {
      ...charter,
      scope: { ...charter.scope, repositoryId: `rep_${"0".repeat(22)}` },
      rollback: { ...charter.rollback, endsOn: "2020-01-01" },
    };
    await expect(
      createPilot(lead, { name: "Late", timeZone: "UTC", charter: unusable }),
    ).rejects.toMatchObject({
      code: "bad_input",
      fields: { "rollback.endsOn": [expect.any(String)], "scope.repositoryId": [expect.any(String)] },
    });
    expect((await listPilots(lead)).map((each) => each.name)).not.toContain("Late");
  });

  test("works on the branch the repository is read on", async () => {
    const { repositoryId } = await addRepository(seed, {
      name: "on-dev",
      source: "/srv/git/x",
      branch: "dev",
      authority: "own",
    });
    const other = (branch: string) => ({ ...charter, scope: { ...charter.scope, repositoryId, branch } });
    await expect(
      createPilot(lead, { name: "Main", timeZone: "UTC", charter: other("main") }),
    ).rejects.toMatchObject({
      fields: { "scope.branch": [expect.stringContaining("read on “dev”")] },
    });
    await createPilot(lead, { name: "Dev", timeZone: "UTC", charter: other("dev") });
  });

  test("is made by leads of the organisation only", async () => {
    const { pilotId } = await draft();
    const leadOfOne = testScope({ roles: [["engineering_lead", pilotId]], clock });
    for (const scope of [reviewer, leadOfOne, testScope({ clock })]) {
      await expect(createPilot(scope, { name: "Mine", timeZone: "UTC", charter })).rejects.toMatchObject({
        code: "forbidden",
      });
    }
  });
});

describe("a charter", () => {
  test("gets its next version while the pilot is a draft; the same text is the same version", async () => {
    const { pilotId, charterId } = await draft();
    expect(await writeCharter(lead, { pilotId, charter })).toMatchObject({ charterId, version: 1 });
    const next = { ...charter, controls: { ...charter.controls, approverCount: 2 } };
    const written = await writeCharter(lead, { pilotId, charter: next });
    expect(written).toMatchObject({ version: 2, digest: charterDigest(next) });
    expect((await getPilot(lead, pilotId)).charter.charter.controls.approverCount).toBe(2);
    expect((await getCharter(lead, charterId)).charter).toEqual(charter);
    expect(await kindsAbout(pilotId)).toEqual([
      "pilot.created",
      "pilot.charter_written",
      "pilot.charter_written",
    ]);
  });

  test("two people writing at once get two versions", async () => {
    const { pilotId } = await draft();
    const versions = await Promise.all(
      [2, 3].map((approverCount) =>
        writeCharter(lead, {
          pilotId,
          charter: { ...charter, controls: { ...charter.controls, approverCount } },
        }),
      ),
    );
    expect(versions.map((each) => each.version).sort()).toEqual([2, 3]);
  });

  test("is not written any more once the pilot is active, nor by somebody who may not", async () => {
    const pilotId = await activePilot();
    const next = { ...charter, controls: { ...charter.controls, approverCount: 3 } };
    await expect(writeCharter(lead, { pilotId, charter: next })).rejects.toMatchObject({ code: "conflict" });
    await expect(writeCharter(reviewer, { pilotId, charter: next })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("probe: is never changed in place, not even by the web's own database role", async () => {
    const { charterId } = await draft();
    const attempt = transaction(lead, async (tx) => {
      await tx.db.charter.update({ where: { id: charterId }, data: { canonical: "{}" } });
    });
    await expect(attempt).rejects.toThrow(/permission denied/);
  });
});

describe("activation", () => {
  test("cannot be asked for while nobody else could agree", async () => {
    const { pilotId } = await draft();
    await expect(askActivation(lead, pilotId)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("nobody but you is security lead"),
    });
    expect((await getPilot(lead, pilotId)).status).toBe("draft");
  });

  test("takes two different people, one of them a security lead", async () => {
    security = await member("cy", "security_lead");
    const { pilotId, digest } = await draft();
    const { gateId } = await askActivation(lead, pilotId);
    const gate = await getGate(security, gateId);
    expect(JSON.parse(gate.document)).toMatchObject({
      decision: "activate",
      pilot: pilotId,
      goal: charter.goal.statement,
      charter: { digest, version: 1 },
    });
    expect(gate.cannotApprove).toBeNull();
    await expect(decide(lead, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    const otherLead = await member("dee", "engineering_lead");
    await expect(decide(otherLead, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    await expect(decide(reviewer, gateId, "approve")).rejects.toMatchObject({ code: "refused" });
    expect((await getPilot(lead, pilotId)).status).toBe("activating");
    expect(await decide(security, gateId, "approve")).toEqual({ status: "approved" });
    const pilot = await getPilot(lead, pilotId);
    expect(pilot).toMatchObject({ status: "active", activeVersion: 1, activatedAt: new Date(clock.now()) });
    expect(pilot.versions).toMatchObject([{ active: true }]);
    expect(await read(lead, (db) => findActiveCharter(db, pilotId))).toMatchObject({ digest, charter });
    expect(await kindsAbout(pilotId)).toEqual([
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
    await expireGates(testScope({ actor: systemActor("worker"), clock }));
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

describe("the demo's pilot", () => {
  test("is made and activated by the installation alone", async () => {
    await expect(createDemoPilot(lead, { name: "Demo", timeZone: "UTC", charter })).rejects.toMatchObject({
      code: "forbidden",
    });
    const { pilotId } = await createDemoPilot(seed, { name: "Demo", timeZone: "UTC", charter });
    await expect(activateDemoPilot(lead, pilotId)).rejects.toMatchObject({ code: "forbidden" });
    await activateDemoPilot(seed, pilotId);
    expect(await getPilot(lead, pilotId)).toMatchObject({
      status: "active",
      demo: true,
      createdByName: "system:demo",
    });
    await expect(activateDemoPilot(seed, pilotId)).rejects.toMatchObject({ code: "conflict" });
  });

  test("probe: the installation does not activate any other pilot", async () => {
    const { pilotId } = await draft();
    await expect(activateDemoPilot(seed, pilotId)).rejects.toMatchObject({ code: "forbidden" });
    expect((await getPilot(lead, pilotId)).status).toBe("draft");
  });
});

describe("pausing", () => {
  test("by a person holds the pilot with the reason; resuming takes another person", async () => {
    const pilotId = await activePilot();
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
    const pilotId = await activePilot();
    const worker = testScope({ actor: systemActor("worker"), clock });
    const trips = await Promise.all(
      [1, 2, 3].map(() =>
        transaction(worker, (tx) => pauseByTripwire(tx, worker, pilotId, "3 runs in a row failed.")),
      ),
    );
    expect(trips.filter(Boolean)).toHaveLength(1);
    expect((await kindsAbout(pilotId)).filter((kind) => kind === "pilot.paused")).toHaveLength(1);
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

describe("the end", () => {
  test("is final", async () => {
    const pilotId = await activePilot();
    await completePilot(lead, { pilotId, reason: "We have learnt enough." });
    expect(await getPilot(lead, pilotId)).toMatchObject({
      status: "completed",
      endedAt: new Date(clock.now()),
    });
    await expect(pausePilot(lead, { pilotId, reason: "because" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(completePilot(reviewer, { pilotId, reason: "because" })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("an unknown pilot or charter", () => {
  test("is not found", async () => {
    await expect(getPilot(lead, "pil_nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(askActivation(lead, "pil_nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(writeCharter(lead, { pilotId: "pil_nobody", charter })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(getCharter(lead, "cha_nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(read(lead, (db) => charterOf(db, "cha_nobody"))).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await read(lead, (db) => findPilotState(db, "pil_nobody"))).toBeNull();
    expect(await read(lead, (db) => findActiveCharter(db, "pil_nobody"))).toBeNull();
  });
});
