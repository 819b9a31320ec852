// A week is packed once, and two owners decide on it.
import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { DAY, SECOND } from "../clock.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate, listInbox } from "../gates/service.ts";
import { getPilot, pausePilot } from "../pilots/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { asProcess, kindsAbout } from "../testing/journey.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { askWeek, lookAgain } from "./ask-week.ts";
import { packWeeks } from "./pack-weeks.ts";
import type { WeekDecision } from "./schema.ts";
import { getWeek, listWeeks } from "./service.ts";

let scene: RunScene;
let worker: Scope;
let ada: Scope;
let sam: Scope;
let third: Scope;
let reviewer: Scope;

beforeAll(async () => {
  scene = await runScene();
  worker = testScope({ actor: systemActor("worker"), clock: scene.clock });
  ada = await member(scene.seed, "ada", "engineering_lead");
  sam = await member(scene.seed, "sam", "security_lead");
  third = await member(scene.seed, "third", "security_lead");
  reviewer = await member(scene.seed, "rae", "reviewer");
});

const pack = () => asProcess(scene.database, "worker", () => packWeeks(worker));

const owned = (cadence: "weekly" | "fortnightly" | "never" = "weekly") =>
  scene.pilotWith(({ kpis }) => ({
    kpis: { ...kpis, cadence, owners: [actorId(ada.actor), actorId(sam.actor)] },
  }));

async function packed(cadence: "weekly" | "fortnightly" = "weekly"): Promise<string> {
  const pilotId = await owned(cadence);
  scene.clock.advance(cadence === "weekly" ? 7 * DAY : 14 * DAY);
  await pack();
  return pilotId;
}

async function propose(pilotId: string, decision: WeekDecision, by = ada) {
  const [latest] = await listWeeks(by, pilotId);
  const { digest } = await getWeek(by, pilotId, latest?.number ?? 0);
  const number = latest?.number ?? 0;
  return askWeek(by, { pilotId, number, digest, decision, reason: `We ${decision}, having read it.` });
}

async function sign(gateId: string, by: Scope) {
  const { digest } = await getGate(by, gateId);
  return decideGate(by, { gateId, digest, decision: "approve", reason: "" });
}

describe("the weekly pack", () => {
  test("is written once when its week is over, and after downtime one for each week that passed", async () => {
    const pilotId = await owned();
    const silent = await owned("never");
    await pack();
    expect(await listWeeks(ada, pilotId)).toEqual([]);
    scene.clock.advance(22 * DAY);
    await pack();
    await pack();
    const weeks = await listWeeks(ada, pilotId);
    expect(weeks.map(({ number, state }) => [number, state])).toEqual([
      [3, "waits"],
      [2, "overdue"],
      [1, "overdue"],
    ]);
    const days = weeks.map(({ firstDay, lastDay }) => (Date.parse(lastDay) - Date.parse(firstDay)) / DAY);
    expect(days).toEqual([6, 6, 6]);
    expect(Date.parse(weeks[0]?.firstDay ?? "") - Date.parse(weeks[1]?.lastDay ?? "")).toBe(DAY);
    expect(await listWeeks(ada, silent)).toEqual([]);
    const kinds = await kindsAbout(scene.database, `pilot:${pilotId}`);
    expect(kinds.filter((kind) => kind === "pilot.week_packed")).toHaveLength(3);
  });

  test("is written once by two workers at the same time", async () => {
    const pilotId = await owned();
    scene.clock.advance(7 * DAY);
    await asProcess(scene.database, "worker", () => Promise.all([packWeeks(worker), packWeeks(worker)]));
    expect(await listWeeks(ada, pilotId)).toHaveLength(1);
  });

  test("covers a fortnight where the charter looks every fortnight, and goes on for a paused pilot", async () => {
    const pilotId = await owned("fortnightly");
    await pausePilot(ada, { pilotId, reason: "A holiday." });
    scene.clock.advance(13 * DAY);
    await pack();
    expect(await listWeeks(ada, pilotId)).toEqual([]);
    scene.clock.advance(DAY);
    await pack();
    expect(await listWeeks(ada, pilotId)).toHaveLength(1);
  });

  test("is canonical JSON known by its digest, which the database does not let anybody change", async () => {
    const pilotId = await packed();
    const { document, digest } = await getWeek(ada, pilotId, 1);
    expect(sha256Hex(Buffer.from(canonicalText(document), "utf8"))).toBe(digest);
    for (const name of ["web", "worker"] as const) {
      const client = new pg.Client({ connectionString: scene.database.urls[name] });
      await client.connect();
      const change = client.query("update weekly_pack set document = '{}' where pilot_id = $1", [pilotId]);
      await expect(change).rejects.toThrow(/permission denied/);
      await client.end();
    }
  });

  test("samples an approval that took seconds and opened no file, and somebody else looks at it once", async () => {
    const pilotId = await owned();
    const { gateId, digest } = await scene.reviewed(pilotId);
    scene.clock.advance(3 * SECOND);
    await decideGate(reviewer, { gateId, digest, decision: "approve", reason: "" });
    scene.clock.advance(7 * DAY);
    await pack();
    const { document } = await getWeek(ada, pilotId, 1);
    const [item] = document.sample.items;
    expect(document.sample.of).toBe(1);
    expect(item).toMatchObject({ gate: gateId, person: actorId(reviewer.actor), milliseconds: 3000 });
    expect(item?.why).toContain("hasty");
    const said = { pilotId, number: 1, approvalId: item?.approval ?? "" } as const;
    await expect(lookAgain(reviewer, { ...said, verdict: "agree", note: "" })).rejects.toThrow(/yourself/);
    await lookAgain(sam, { ...said, verdict: "disagree", note: "Nobody can read that in three seconds." });
    await expect(lookAgain(third, { ...said, verdict: "agree", note: "" })).rejects.toThrow(/already/);
    expect((await getWeek(ada, pilotId, 1)).looks).toMatchObject([
      { personId: actorId(sam.actor), verdict: "disagree", note: "Nobody can read that in three seconds." },
    ]);
  });
});

describe("the decision on a week", () => {
  test("takes both owners: one is not enough, a third lead is refused, the second completes it", async () => {
    const pilotId = await packed();
    await expect(propose(pilotId, "continue", third)).rejects.toThrow(/Only an owner/);
    const { gateId, isSigned } = await propose(pilotId, "continue");
    expect(isSigned).toBe(true);
    expect(await getWeek(ada, pilotId, 1)).toMatchObject({ state: "waits", openGate: { id: gateId } });
    await expect(sign(gateId, third)).rejects.toThrow(/whom this gate names/);
    await expect(sign(gateId, ada)).rejects.toThrow(/approved already/);
    const waits = async (by: Scope) =>
      (await listInbox(by, { show: "mine", pilotId })).map(({ id }) => id).includes(gateId);
    expect([await waits(ada), await waits(sam), await waits(third)]).toEqual([false, true, false]);
    scene.clock.advance(SECOND);
    expect(await sign(gateId, sam)).toEqual({ status: "approved" });
    expect(await getWeek(ada, pilotId, 1)).toMatchObject({
      ...{ state: "continue", reason: "We continue, having read it.", openGate: null },
      signatures: [{ personId: actorId(ada.actor) }, { personId: actorId(sam.actor) }],
    });
    expect((await getPilot(ada, pilotId)).status).toBe("active");
    await expect(propose(pilotId, "stop")).rejects.toThrow(/decided already/);
    const kinds = await kindsAbout(scene.database, `pilot:${pilotId}`);
    expect(kinds.filter((kind) => kind === "pilot.week_decided")).toHaveLength(1);
  });

  test("to stop pauses the pilot and cancels its runs, with the reason", async () => {
    const pilotId = await packed();
    const runId = await scene.launched(pilotId);
    const { gateId } = await propose(pilotId, "stop", sam);
    expect((await getPilot(ada, pilotId)).status).toBe("active");
    await sign(gateId, ada);
    expect(await getPilot(ada, pilotId)).toMatchObject({
      status: "paused",
      statusReason: "Stopped by the review of week 1: We stop, having read it.",
    });
    expect((await getRun(ada, runId)).status).toBe("cancelled");
  });

  test("to tighten leaves the pilot as it is and says so for the week", async () => {
    const pilotId = await packed();
    const { gateId } = await propose(pilotId, "tighten");
    await sign(gateId, sam);
    expect((await getWeek(ada, pilotId, 1)).state).toBe("tighten");
    expect((await getPilot(ada, pilotId)).status).toBe("active");
  });

  test("is void once the next week is packed, another is proposed, or what was read is not what is there", async () => {
    const pilotId = await packed();
    const first = await propose(pilotId, "continue");
    const second = await propose(pilotId, "stop", sam);
    expect((await getGate(ada, first.gateId)).status).toBe("void");
    scene.clock.advance(7 * DAY);
    await pack();
    expect((await getGate(ada, second.gateId)).status).toBe("void");
    const { digest } = await getWeek(ada, pilotId, 1);
    const asked = { pilotId, digest, decision: "continue", reason: "Late." } as const;
    await expect(askWeek(ada, { ...asked, number: 1 })).rejects.toThrow(/Week 2 is packed/);
    await expect(askWeek(ada, { ...asked, number: 2 })).rejects.toThrow(/not what this pack holds/);
    const { gateId } = await propose(pilotId, "continue");
    expect(JSON.parse((await getGate(ada, gateId)).document)).toMatchObject({ number: 2, undecided: [1] });
  });

  test("takes two leads, one of whom leads security, where the charter names no owners", async () => {
    const pilotId = await scene.pilotWith();
    scene.clock.advance(7 * DAY);
    await pack();
    const { gateId } = await propose(pilotId, "continue");
    const second = await member(scene.seed, "eve", "engineering_lead");
    expect(await sign(gateId, second)).toEqual({ status: "open" });
    expect(await sign(gateId, third)).toEqual({ status: "approved" });
  });
});
