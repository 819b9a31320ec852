// A charter's own rules for gates, as people meet them: who decides, how many, with which roles, until when.
import { beforeAll, describe, expect, test } from "vitest";
import type { RoleKey } from "../authz/schema.ts";
import { HOUR } from "../clock.ts";
import { createPerson, grantRole } from "../people/service.ts";
import { askActivation } from "../pilots/ask-activation.ts";
import type { OwnGateRule } from "../pilots/schema/gates.ts";
import { getPilot } from "../pilots/service.ts";
import { createPilot } from "../pilots/write-charter.ts";
import { changeRole, createRole, retireRole } from "../roles/service.ts";
import type { Scope } from "../scope.ts";
import { charterFor, member } from "../testing/arrange.ts";
import { runScene } from "../testing/run-scene.ts";
import { person, testScope } from "../testing/scopes.ts";
import { decideGate } from "./decide-gate.ts";
import { getGate } from "./service.ts";
import { whoMayApprove } from "./who-may-approve.ts";

const scene = await runScene({ roles: ["administrator", "engineering_lead", "security_lead"] });
const { clock, seed, work } = scene;
let [ada, bo, sam, sue]: Scope[] = [];
let made = 0;

beforeAll(async () => {
  ada = await member(seed, "ada", "engineering_lead");
  bo = await member(seed, "bo", "engineering_lead");
  sam = await member(seed, "sam", "security_lead");
  sue = await member(seed, "sue", "security_lead");
});

const LEADS: OwnGateRule = {
  ...{ gate: "activate", roles: ["security_lead", "engineering_lead"], needed: 2, denials: 2 },
  ...{ hours: 5, clock: "always" },
};

async function draft(...gates: OwnGateRule[]) {
  made += 1;
  const charter = charterFor(seed, work.repositoryId);
  return createPilot(ada as Scope, {
    name: `Own rules ${made}`,
    timeZone: "UTC",
    charter: { ...charter, controls: { ...charter.controls, gates } },
  });
}

const decide = async (by: Scope | undefined, gateId: string, decision: "approve" | "deny" = "approve") => {
  const { digest } = await getGate(by as Scope, gateId);
  return decideGate(by as Scope, { gateId, digest, decision, reason: "I have read it." });
};
const statusOf = async (pilotId: string) => (await getPilot(seed, pilotId)).status;

describe("activation by two besides who wrote the charter", () => {
  test("takes two different people, one of them a security lead, within the gate's own hours", async () => {
    const { pilotId } = await draft(LEADS);
    const { gateId } = await askActivation(ada as Scope, pilotId);
    const gate = await getGate(seed, gateId);
    expect(gate).toMatchObject({ needed: 2, denials: 2, roles: ["security_lead", "engineering_lead"] });
    expect(gate.expiresAt.getTime() - gate.createdAt.getTime()).toBe(5 * HOUR);
    expect(JSON.parse(gate.document)).toMatchObject({ needed: 2, denials: 2 });
    await expect(decide(ada, gateId)).rejects.toMatchObject({ code: "refused" });
    expect(await decide(bo, gateId)).toEqual({ status: "open" });
    await expect(decide(bo, gateId)).rejects.toMatchObject({ code: "refused" });
    expect(await statusOf(pilotId)).toBe("activating");
    expect(await decide(sam, gateId)).toEqual({ status: "approved" });
    expect(await statusOf(pilotId)).toBe("active");
  });

  test("takes two denials as well: the first is kept, told, and approves nothing any more", async () => {
    const { pilotId } = await draft(LEADS);
    const { gateId } = await askActivation(ada as Scope, pilotId);
    expect(await decide(bo, gateId, "deny")).toEqual({ status: "open" });
    await expect(decide(bo, gateId)).rejects.toMatchObject({
      code: "refused",
      message: "You have denied this already; another person has to approve it.",
    });
    await expect(decide(bo, gateId, "deny")).rejects.toMatchObject({ code: "refused" });
    expect(await whoMayApprove(seed, gateId)).toMatchObject({
      cannot: expect.arrayContaining([expect.objectContaining({ name: "bo", why: "denied" })]),
    });
    expect(await decide(ada, gateId, "deny")).toEqual({ status: "denied" });
    expect(await statusOf(pilotId)).toBe("draft");
  });

  test("is not asked for where that many are not there", async () => {
    const { pilotId } = await draft({ ...LEADS, roles: ["security_lead"], needed: 3, denials: 1 });
    await expect(askActivation(ada as Scope, pilotId)).rejects.toMatchObject({ code: "refused" });
    const many = await draft({ ...LEADS, roles: ["security_lead"], needed: 1, denials: 4 });
    await expect(askActivation(ada as Scope, many.pilotId)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(
        "have to deny activation before it is denied, and only 2 people could",
      ),
    });
  });
});

describe("a role that was made here", () => {
  let board: RoleKey;
  let mel: Scope;
  const named = (name: string, permissions: ("gate.decide" | "pilot.view" | "run.view")[]) =>
    createRole(seed, { name, description: "", permissions });
  const input = { name: "Release board", description: "", permissions: ["pilot.view" as const] };

  beforeAll(async () => {
    board = (await named("Release board", ["gate.decide", "pilot.view"])) as RoleKey;
    const personId = await createPerson(seed, { email: "mel@example.org", name: "mel" });
    await grantRole(seed, { personId, role: board, pilotId: null });
    mel = testScope({ roles: ["viewer"], actor: person(personId), clock });
  });

  const byBoard = (): OwnGateRule => ({ ...LEADS, roles: [board as "reviewer"], needed: 2, denials: 1 });

  test("decides where the charter names it, is called by its name, and decides no more without the permission", async () => {
    const { pilotId } = await draft(byBoard());
    const { gateId } = await askActivation(ada as Scope, pilotId);
    expect(await getGate(seed, gateId)).toMatchObject({ roleNames: { [board]: "Release board" } });
    await expect(decide(bo, gateId)).rejects.toMatchObject({
      message: "Only a security lead or somebody with the role “Release board” may approve this.",
    });
    expect(await decide(mel, gateId)).toEqual({ status: "open" });
    await changeRole(seed, board, { ...input, name: "Renamed" });
    // Her approval was given with a role that decides no more: the security lead alone is one of two.
    expect(await decide(sam, gateId)).toEqual({ status: "open" });
    expect(await getGate(seed, gateId)).toMatchObject({
      roleNames: { [board]: "Release board (no longer includes deciding at gates)" },
    });
    expect(await statusOf(pilotId)).toBe("activating");
    await changeRole(seed, board, {
      ...input,
      name: "Release board",
      permissions: ["gate.decide", "pilot.view"],
    });
    expect(await decide(sue, gateId)).toEqual({ status: "approved" });
  });

  test("is refused in a charter where it decides nothing, is retired, or was never there", async () => {
    const weak = (await named("Onlookers", ["run.view"])) as "reviewer";
    const gone = (await named("Gone", ["gate.decide"])) as "reviewer";
    await retireRole(seed, gone);
    const unknown = "rol_nobody" as "reviewer";
    await expect(draft({ ...byBoard(), roles: [weak, gone, unknown] })).rejects.toMatchObject({
      code: "bad_input",
      fields: {
        "controls.gates": [
          "The role “Onlookers” does not include “gate.decide”.",
          "The role “Gone” is retired: nobody decides with it.",
          "There is no role rol_nobody.",
        ],
      },
    });
  });

  test("that is retired while a gate waits for it leaves the gate to nobody, and says so", async () => {
    const { pilotId } = await draft(byBoard());
    const { gateId } = await askActivation(ada as Scope, pilotId);
    await retireRole(seed, board);
    expect((await getGate(seed, gateId)).roleNames).toEqual({
      [board]: "Release board (retired: nobody decides with it any more)",
    });
    await expect(decide(mel, gateId)).rejects.toMatchObject({
      code: expect.stringMatching(/refused|not_found/),
    });
    expect(await decide(sam, gateId)).toEqual({ status: "open" });
    expect((await getGate(seed, gateId)).status).toBe("open");
    await expect(draft(byBoard())).rejects.toMatchObject({ code: "bad_input" });
  });
});
