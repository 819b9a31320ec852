// Weeks at their edges: clocks that are moved, reasons of any text, and people who were heard already.
import { beforeAll, expect, test } from "vitest";
import { DAY, HOUR, SECOND } from "../clock.ts";
import { read } from "../db.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { getPilot } from "../pilots/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { asProcess } from "../testing/journey.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { askWeek, lookAgain } from "./ask-week.ts";
import { weekSpan } from "./compose-store.ts";
import { packWeeks } from "./pack-weeks.ts";
import { AskWeek } from "./schema.ts";
import { getWeek } from "./service.ts";

let scene: RunScene;
let worker: Scope;
let ada: Scope;
let sam: Scope;

beforeAll(async () => {
  scene = await runScene();
  worker = testScope({ actor: systemActor("worker"), clock: scene.clock });
  ada = await member(scene.seed, "ada", "engineering_lead");
  sam = await member(scene.seed, "sam", "security_lead");
});

const owned = (approvals = 1) =>
  scene.pilotWith(({ kpis, controls }) => ({
    kpis: { ...kpis, cadence: "weekly", owners: [actorId(ada.actor), actorId(sam.actor)] },
    controls: { ...controls, approverCount: approvals },
  }));

async function packed(pilotId: string): Promise<string> {
  scene.clock.advance(7 * DAY);
  await asProcess(scene.database, "worker", () => packWeeks(worker));
  return (await getWeek(ada, pilotId, 1)).digest;
}

test("a week in which clocks go back or forward has an hour more or less", async () => {
  const hours = async (timeZone: string, firstDay: string, lastDay: string) => {
    const { from, to } = await read(worker, (db) => weekSpan(db, timeZone, firstDay, lastDay));
    return (to.getTime() - from.getTime()) / HOUR;
  };
  expect(await hours("Europe/Berlin", "2030-10-24", "2030-10-30")).toBe(169);
  expect(await hours("Europe/Berlin", "2030-03-28", "2030-04-03")).toBe(167);
  expect(await hours("UTC", "2030-10-24", "2030-10-30")).toBe(168);
});

test("probe: a reason that is shorter than it looks is refused when it is proposed, not when it is signed", async () => {
  const pilotId = await owned();
  const digest = await packed(pilotId);
  const asked = { pilotId, number: 1, digest, decision: "stop" };
  expect(AskWeek.safeParse({ ...asked, reason: "😀a" }).success).toBe(false);
  const longest = AskWeek.parse({ ...asked, reason: "😀".repeat(500) });
  await scene.launched(pilotId);
  const { gateId } = await askWeek(ada, longest);
  scene.clock.advance(SECOND);
  const gate = await getGate(sam, gateId);
  expect(await decideGate(sam, { gateId, digest: gate.digest, decision: "approve", reason: "" })).toEqual({
    status: "approved",
  });
  expect((await getPilot(ada, pilotId)).status).toBe("paused");
});

test("probe: whoever approved at the same gate is nobody's second look", async () => {
  const pilotId = await owned(2);
  const { gateId, digest } = await scene.reviewed(pilotId);
  const [one, other] = [
    await member(scene.seed, "rae", "reviewer"),
    await member(scene.seed, "roy", "reviewer"),
  ];
  for (const by of [one, other]) await decideGate(by, { gateId, digest, decision: "approve", reason: "" });
  await packed(pilotId);
  const { items } = (await getWeek(ada, pilotId, 1)).document.sample;
  expect(items).toHaveLength(2);
  for (const { approval, person } of items) {
    const by = person === actorId(one.actor) ? other : one;
    await expect(
      lookAgain(by, { pilotId, number: 1, approvalId: approval, verdict: "agree", note: "" }),
    ).rejects.toThrow(/yourself/);
  }
});

test("probe: a secret in a reason is masked while its gate is open and once it is decided", async () => {
  const pilotId = await owned();
  const digest = await packed(pilotId);
  const secret = `ghp_${"aB3dE6gH9".repeat(4)}`;
  const reason = `The agent printed ${secret} twice.`;
  const { gateId } = await askWeek(ada, { pilotId, number: 1, digest, decision: "stop", reason });
  const open = (await getWeek(sam, pilotId, 1)).openGate;
  expect(open?.id).toBe(gateId);
  expect(open?.reason).toMatch(/^The agent printed .+ twice\.$/);
  expect(open?.reason).not.toContain(secret);
  scene.clock.advance(SECOND);
  const gate = await getGate(sam, gateId);
  await decideGate(sam, { gateId, digest: gate.digest, decision: "approve", reason: "" });
  expect((await getWeek(sam, pilotId, 1)).reason).not.toContain(secret);
});
