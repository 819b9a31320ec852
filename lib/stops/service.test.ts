import { beforeAll, describe, expect, test } from "vitest";
import { read } from "../db.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { grantLease } from "../leases/grant-lease.ts";
import { newRunnerKeys } from "../protocol/signing.ts";
import { registerRunner } from "../runners/register-runner.ts";
import { makeEnrolment } from "../runners/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { activePilot, arrangeWork, charterFor, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { askToLift } from "./ask-to-lift.ts";
import { pullStop } from "./pull-stop.ts";
import { PullStop } from "./schema.ts";
import { liveStops, stopReason } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock });
const request = {
  version: 1,
  phases: ["agent" as const],
  tier: "strong" as const,
  tierMissing: [],
  waitSeconds: 0,
};

let lead: Scope;
let security: Scope;
let pilots: string[] = [];
let agentId = "";
let runnerId = "";

beforeAll(async () => {
  lead = await member(seed, "ada", "engineering_lead");
  const work = await arrangeWork(seed);
  agentId = work.agentId;
  pilots = [work.pilotId, await activePilot(seed, charterFor(seed, work.repositoryId))];
  await database.owner.query("insert into base_bundle values ($1, $2, $3, 1, now())", [
    work.repositoryId,
    "a".repeat(40),
    "0".repeat(64),
  ]);
  const { token } = await makeEnrolment(seed, { phases: ["agent", "verify"] });
  const { publicKey } = newRunnerKeys();
  ({ runnerId } = await registerRunner(
    seed,
    {
      version: 1,
      enrolmentToken: token,
      name: "r",
      publicKey,
      hostId: "host-0001",
      phases: ["agent"],
      tier: "strong",
      tierMissing: [],
      slots: 1,
    },
    "127.0.0.1",
  ));
});

const launch = (pilotId: string, requestKey: string) =>
  launchRun(lead, { pilotId, agentId, title: "Repair main", requestKey });
const runnerScope = testScope({ actor: systemActor("door"), clock });

async function lift(stopId: string, asker: Scope, second: Scope): Promise<void> {
  const { gateId } = await askToLift(asker, { stopId, reason: "Looked into it." });
  const { digest } = await getGate(second, gateId);
  await decideGate(second, { gateId, digest, decision: "approve", reason: "" });
}

describe("an emergency stop", () => {
  test("on one pilot ends its leases, holds its runs and lets the other pilot alone", async () => {
    const [first = "", second = ""] = pilots;
    const held = await launch(first, "request-1");
    expect(await grantLease(runnerScope, runnerId, request)).toMatchObject({ runId: held.runId });
    const { stopId, runsStopped } = await pullStop(lead, {
      scope: "pilot",
      pilotId: first,
      reason: "It reads what it should not.",
    });
    expect(runsStopped).toBe(1);
    expect(await getRun(lead, held.runId)).toMatchObject({ status: "queued" });
    expect(await read(lead, (db) => stopReason(db, first))).toBe("It reads what it should not.");
    expect(await read(lead, (db) => stopReason(db, second))).toBeNull();
    await expect(launch(first, "request-2")).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("emergency stop"),
    });
    const other = await launch(second, "request-3");
    expect(await grantLease(runnerScope, runnerId, request)).toMatchObject({ runId: other.runId });
    expect(await grantLease(runnerScope, runnerId, request)).toBeNull();

    expect(await pullStop(lead, { scope: "pilot", pilotId: first, reason: "" })).toEqual({
      stopId,
      runsStopped: 0,
    });
    expect(await liveStops(lead)).toMatchObject([
      { id: stopId, pilotId: first, pulledByName: "ada", reason: "It reads what it should not." },
    ]);

    await expect(askToLift(lead, { stopId, reason: "Looked into it." })).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("nobody but you"),
    });
    security = await member(seed, "cy", "security_lead");
    await expect(lift(stopId, lead, lead)).rejects.toMatchObject({ code: "refused" });
    await lift(stopId, lead, security);
    expect(await liveStops(lead)).toEqual([]);
    expect(await grantLease(runnerScope, runnerId, request)).toMatchObject({ runId: held.runId, attempt: 2 });
    await expect(askToLift(lead, { stopId, reason: "Looked into it." })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("on everything holds every pilot, is one stop however many hands pull it, and is recorded each time", async () => {
    const hands = await Promise.all(
      [lead, security, lead].map((scope) => pullStop(scope, { scope: "everything", reason: "" })),
    );
    expect(new Set(hands.map((each) => each.stopId)).size).toBe(1);
    const stopId = hands[0]?.stopId ?? "";
    for (const pilotId of pilots) {
      expect(await read(lead, (db) => stopReason(db, pilotId))).toBe("no reason given");
    }
    expect(await grantLease(runnerScope, runnerId, request)).toBeNull();
    const { rows } = await database.owner.query("select kind from log_entry where about @> array[$1]", [
      `stop:${stopId}`,
    ]);
    expect(rows.map((row) => row.kind)).toEqual(["stop.pulled", "stop.pulled", "stop.pulled"]);
    const { gateId } = await askToLift(security, { stopId, reason: "Looked into it." });
    expect(await askToLift(security, { stopId, reason: "Looked into it." })).toEqual({ gateId });
    await lift(stopId, security, lead);
    expect(await read(lead, (db) => stopReason(db, pilots[0] ?? ""))).toBeNull();
  });

  test("on everything is seen by members of one pilot too, a stop of another pilot is not", async () => {
    const [first = "", second = ""] = pilots;
    const one = await pullStop(lead, { scope: "pilot", pilotId: first, reason: "one" });
    const all = await pullStop(lead, { scope: "everything", reason: "all" });
    const guest = testScope({ roles: [["reviewer", second]], clock });
    expect((await liveStops(guest)).map((each) => each.id)).toEqual([all.stopId]);
    expect((await liveStops(lead)).map((each) => each.id)).toEqual([all.stopId, one.stopId]);
    await lift(all.stopId, lead, security);
    await lift(one.stopId, lead, security);
  });

  test("is pulled by members with a say in what it stops", async () => {
    const [first = "", second = ""] = pilots;
    const reviewerOfFirst = testScope({ roles: [["reviewer", first]], clock });
    await expect(pullStop(reviewerOfFirst, { scope: "everything", reason: "" })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(
      pullStop(reviewerOfFirst, { scope: "pilot", pilotId: second, reason: "" }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      pullStop(testScope({ roles: ["viewer"], clock }), { scope: "everything", reason: "" }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(pullStop(lead, { scope: "pilot", pilotId: "pil_nobody", reason: "" })).rejects.toMatchObject(
      { code: "not_found" },
    );
    const { stopId } = await pullStop(reviewerOfFirst, { scope: "pilot", pilotId: first, reason: "" });
    await expect(askToLift(reviewerOfFirst, { stopId, reason: "Looked into it." })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(askToLift(lead, { stopId: "stp_nobody", reason: "Looked into it." })).rejects.toMatchObject({
      code: "not_found",
    });
    await lift(stopId, lead, security);
  });
});

describe("the button's form", () => {
  test.each([
    { scope: "pilot" },
    { scope: "everything", pilotId: "pil_1" },
    { scope: "run" },
    { scope: "everything", reason: "x".repeat(1001) },
  ])("probe: %j is refused", (input) => {
    expect(PullStop.safeParse(input).success).toBe(false);
  });

  test("needs no reason", () => {
    expect(PullStop.parse({ scope: "everything" })).toEqual({ scope: "everything", reason: "" });
  });
});
