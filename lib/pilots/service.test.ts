import { describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { read, transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { addRepository } from "../repositories/service.ts";
import { activePilot } from "../testing/arrange.ts";
import { pilotScene } from "../testing/pilot-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { askActivation } from "./ask-activation.ts";
import { charterDigest } from "./canonical.ts";
import { completePilot } from "./complete-pilot.ts";
import type { Charter } from "./schema.ts";
import {
  activateDemoPilot,
  charterOf,
  findActiveCharter,
  findPilotState,
  getCharter,
  getPilot,
  listPilots,
  pausePilot,
} from "./service.ts";
import { createDemoPilot, createPilot, writeCharter } from "./write-charter.ts";

const { clock, seed, charter, lead, reviewer, draft, kindsOf } = await pilotScene();

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
      ...{
        activeCharterId: null,
        activeVersion: null,
        latestVersion: 1,
        repositoryName: expect.any(String),
        runs: {},
      },
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

  test("names agents that are there and can do what it is for, with models that it names", async () => {
    const { agentId } = await ensureRecipeAgent(seed);
    const missing = newId("agent", clock.now());
    const naming = (agents: string[], parts: Partial<Charter["goal"]> = {}) =>
      createPilot(lead, {
        ...{ name: "Ledger nightly", timeZone: "UTC" },
        charter: {
          ...charter,
          goal: { ...charter.goal, ...parts },
          controls: { ...charter.controls, agents },
        },
      });
    await expect(naming([missing])).rejects.toMatchObject({
      fields: { "controls.agents": [`There is no agent ${missing}.`] },
    });
    await expect(naming([agentId], { kind: "triage" })).rejects.toMatchObject({
      fields: { "controls.agents": [expect.stringContaining("“Recipe” does runs of kind “repair” only")] },
    });
    await expect(naming([agentId])).resolves.toMatchObject({ version: 1 });
  });

  test("that contradicts itself is refused at its field by the service too", async () => {
    const controls = { ...charter.controls, budgetDayCents: 1 };
    await expect(
      createPilot(lead, { name: "Ledger nightly", timeZone: "UTC", charter: { ...charter, controls } }),
    ).rejects.toMatchObject({
      fields: { "controls.budgetDayCents": [expect.stringContaining("less than one run")] },
    });
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
    expect(await kindsOf(pilotId)).toEqual([
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

  test("of an active pilot is written as a version that waits; of an ended one not, nor by somebody who may not", async () => {
    const pilotId = await activePilot(seed, charter);
    const next = { ...charter, controls: { ...charter.controls, approverCount: 2 } };
    await expect(writeCharter(reviewer, { pilotId, charter: next })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await writeCharter(lead, { pilotId, charter: next })).toMatchObject({ version: 2 });
    expect(await getPilot(lead, pilotId)).toMatchObject({ activeVersion: 1, latestVersion: 2 });
    await completePilot(lead, { pilotId, reason: "It is over." });
    await expect(writeCharter(lead, { pilotId, charter })).rejects.toMatchObject({ code: "conflict" });
  });

  test("probe: is never changed in place, not even by the web's own database role", async () => {
    const { charterId } = await draft();
    const attempt = transaction(lead, async (tx) => {
      await tx.db.charter.update({ where: { id: charterId }, data: { canonical: "{}" } });
    });
    await expect(attempt).rejects.toThrow(/permission denied/);
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

describe("the end", () => {
  test("is completed by who launched nothing of it, where its charter wants an independent review", async () => {
    const rollback = { ...charter.rollback, exitCriteria: ["independent_review" as const] };
    const pilotId = await activePilot(seed, { ...charter, rollback });
    const input = { pilotId, reason: "We have learnt enough." };
    await expect(completePilot(lead, input)).rejects.toMatchObject({
      fields: { independent_review: [expect.stringContaining("wants to know")] },
    });
    expect((await getPilot(lead, pilotId)).status).toBe("active");
    await completePilot(lead, { ...input, independent_review: "Read by two who know it." });
    expect(await getPilot(lead, pilotId)).toMatchObject({
      status: "completed",
      statusReason: "We have learnt enough.\nIndependent review: Read by two who know it.",
    });
  });

  test("is final", async () => {
    const pilotId = await activePilot(seed, charter);
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
