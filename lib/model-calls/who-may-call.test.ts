// Who is let through, and what becomes of calls whose gateway went away.
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../ids.ts";
import { finishLease } from "../leases/service.ts";
import { revokeRunner } from "../runners/service.ts";
import { actorId } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import { budgetRows, callRow } from "../testing/model-rows.ts";
import { admitted, finalOf, intentOf, type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { person, testClock, testScope } from "../testing/scopes.ts";
import { admit } from "./admit.ts";
import { tokenSha256 } from "./lease-tokens.ts";
import { openCalls } from "./open-calls.ts";
import { beatGateway, leaveGateway } from "./presence.ts";
import { recordRefusal } from "./record-refusal.ts";
import { recoverCalls } from "./recover-calls.ts";
import { GivenUp } from "./refusal.ts";

import { settleCalls } from "./settle-calls.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock, { controls: { budgetRunCents: 1 } });
});

const asGateway = <T>(work: () => Promise<T>) => asProcess(database, "gateway", work);
const use = (kind: string, subject: string) => budgetRows(database, kind, subject);

/** 1,000 tokens of input at the dearest rate and 100 of output. */
const RESERVED = 1000 + 1000;

describe("who may call", () => {
  const reasonOf = async (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error) => error.reason,
    );

  test("probe: an unknown token, another runner, an ended lease: each turned away, each written down", async () => {
    const working = await scene.start();
    const digest = tokenSha256(working.token).toString("hex");
    const mine = actorId(scene.runner.actor);
    await asGateway(async () => {
      expect(await reasonOf(admit(scene.gateway, "0".repeat(64), mine))).toBe("token_unknown");
      expect(await reasonOf(admit(scene.gateway, digest, newId("runner")))).toBe("token_of_another_runner");
    });
    const { leaseId, attempt } = working.assignment;
    await finishLease(scene.runner, leaseId, { outcome: "failed", attempt, reason: "over" });
    await asGateway(async () => {
      expect(await reasonOf(admit(scene.gateway, digest, mine))).toBe("lease_over");
    });
    const kinds = (await entriesAbout(database, `run:${working.runId}`)).filter(
      ({ kind }) => kind === "model.refused",
    );
    expect(kinds.map(({ detail }) => detail.reason)).toEqual(["token_of_another_runner", "lease_over"]);
    expect((await entriesAbout(database, `runner:${mine}`)).at(-1)?.detail).toMatchObject({
      reason: "token_unknown",
    });
  });

  test("probe: an admission that is half a second old opens nothing once a stop is on", async () => {
    const other = await openModelScene(database, clock);
    const { pilotId } = other;
    const working = await other.start();
    const admission = await asGateway(() => admitted(other, working));
    const security = testScope({ roles: ["security_lead"], actor: person("per_sec"), clock });
    await pullStop(security, { scope: "pilot", pilotId, reason: "enough" });
    await asGateway(async () => {
      const [opening] = await openCalls(other.gateway, [intentOf(admission, clock)]);
      expect(opening).toMatchObject({ refused: "forbidden", budget: null });
      expect(await reasonOf(admitted(other, working))).toMatch(/stopped|lease_over/);
    });
    expect(await use("run", working.runId)).toEqual([]);
  });

  test("probe: a runner that was revoked calls no more, by an admission from before neither", async () => {
    const other = await openModelScene(database, clock);
    const working = await other.start();
    const admission = await asGateway(() => admitted(other, working));
    const security = testScope({ roles: ["security_lead"], actor: person("per_sec"), clock });
    await revokeRunner(security, actorId(other.runner.actor));
    await asGateway(async () => {
      expect(await reasonOf(admitted(other, working))).toBe("lease_over");
      const [opening] = await openCalls(other.gateway, [intentOf(admission, clock)]);
      expect(opening).toMatchObject({ refused: "forbidden", budget: null });
    });
  });

  test("the gateway's own refusals are written down a few times a minute, the rest as a number", async () => {
    const other = await openModelScene(database, clock);
    const working = await other.start();
    await asGateway(async () => {
      const admission = await admitted(other, working);
      const refused = { reason: "wrong_model", runnerId: "rnr_1", run: admission } as const;
      for (let count = 0; count < 20; count++) await recordRefusal(other.gateway, refused);
      clock.advance(61_000);
      await recordRefusal(other.gateway, refused);
    });
    const entries = (await entriesAbout(database, `run:${working.runId}`)).filter(
      ({ kind }) => kind === "model.refused",
    );
    expect(entries.map(({ detail }) => detail.unwritten)).toEqual([0, 0, 0, 17]);
  });
});

describe("a gateway that comes back", () => {
  test("settles what it left open as unknown, for all that was held back, and what another one has not", async () => {
    const other = await openModelScene(database, clock);
    const working = await other.start();
    await asGateway(async () => {
      const admission = await admitted(other, working);
      const lost = intentOf(admission, clock, { gateway: "gateway-7" });
      const live = intentOf(admission, clock, { gateway: "gateway-8" });
      await openCalls(other.gateway, [lost, live]);
      expect(await recoverCalls(other.gateway, "gateway-7")).toBe(1);
      expect(await recoverCalls(other.gateway, "gateway-7")).toBe(0);
      expect(await callRow(database, lost.callId)).toMatchObject({
        ...{ state: "unknown", charged_micros: String(RESERVED), flags: ["estimated", "gateway_lost"] },
      });
      expect(await callRow(database, live.callId)).toMatchObject({ state: "open" });
      await expect(settleCalls(other.gateway, [finalOf(lost, clock)])).rejects.toMatchObject({
        code: "conflict",
      });
      clock.advance(7 * 3_600_000);
      expect(await recoverCalls(other.gateway, "gateway-9")).toBe(1);
      expect(await callRow(database, live.callId)).toMatchObject({ state: "unknown" });
    });
    expect(await use("run", working.runId)).toEqual([{ reserved: 0, spent: 2 * RESERVED }]);
    const entry = (await entriesAbout(database, `run:${working.runId}`)).findLast(
      ({ kind }) => kind === "model.answered",
    );
    expect(entry?.detail).toMatchObject({
      outcome: "unknown",
      response: null,
      status: null,
      micros: RESERVED,
    });
  });

  test("takes another gateway's calls only where that one fell silent, and whose call it was is told so", async () => {
    const other = await openModelScene(database, clock);
    const working = await other.start();
    await asGateway(async () => {
      const admission = await admitted(other, working);
      const theirs = intentOf(admission, clock, { gateway: "key.one" });
      await beatGateway(other.gateway, "key.one");
      await openCalls(other.gateway, [theirs]);
      expect(await recoverCalls(other.gateway)).toBe(0);
      await database.owner.query(
        "update process_beacon set at = now() - interval '61 seconds' where process = 'gateway key.one'",
      );
      await beatGateway(other.gateway, "key.one"); // it was only slow
      expect(await recoverCalls(other.gateway)).toBe(0);
      await leaveGateway(other.gateway, "key.one");
      expect(await recoverCalls(other.gateway)).toBe(1);
      await expect(settleCalls(other.gateway, [finalOf(theirs, clock)])).rejects.toBeInstanceOf(GivenUp);
    });
  });
});
