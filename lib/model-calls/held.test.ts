// A call is opened while its run is taken away: whoever commits first, counts. Two connections, held at the same point.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { disconnectDatabase } from "../db.ts";
import { finishLease } from "../leases/service.ts";
import { pausePilot } from "../pilots/service.ts";
import { revokeRunner } from "../runners/service.ts";
import { pauseRun } from "../runs/pause-run.ts";
import { actorId } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import { budgetRows } from "../testing/model-rows.ts";
import { admitted, intentOf, type ModelScene, openModelScene, type Working } from "../testing/model-scene.ts";
import { person, testClock, testScope } from "../testing/scopes.ts";
import { openCalls } from "./open-calls.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const security = testScope({ roles: ["security_lead"], actor: person("per_sec"), clock });
const web = process.env.DATABASE_URL;
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock);
});
afterEach(async () => {
  await disconnectDatabase();
  process.env.DATABASE_URL = web;
});

const taken: Readonly<Record<string, (working: Working) => Promise<unknown>>> = {
  "is paused": ({ runId }) => pauseRun(scene.lead, { runId, reason: "Let me look." }),
  "is stopped": () => pullStop(security, { scope: "pilot", pilotId: scene.pilotId, reason: "Enough." }),
  "ends its lease": ({ assignment: { leaseId, attempt } }) =>
    finishLease(scene.runner, leaseId, { outcome: "failed", attempt, reason: "over" }),
  "has its pilot paused": () => pausePilot(scene.lead, { pilotId: scene.pilotId, reason: "Let us look." }),
  "has its runner revoked": () => revokeRunner(security, actorId(scene.runner.actor)),
};

/** One after the other, each until it waits: entries can be written by nobody until both do. */
async function interleave<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
  const holder = await database.owner.connect();
  const waiting = (count: number) =>
    expect
      .poll(
        async () =>
          (
            await database.owner.query(
              `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            )
          ).rowCount,
      )
      .toBe(count);
  await holder.query("begin");
  await holder.query("lock table log_entry in share mode");
  try {
    const one = first();
    await waiting(1);
    const two = second();
    await waiting(2);
    await holder.query("commit");
    return await Promise.all([one, two]);
  } finally {
    holder.release();
  }
}

/** Both are one process here, so that they share nothing but the database. */
async function atWork(): Promise<{ working: Working; open: () => Promise<unknown> }> {
  scene = await openModelScene(database, clock);
  const working = await scene.start();
  const admission = await asProcess(database, "gateway", () => admitted(scene, working));
  await disconnectDatabase();
  process.env.DATABASE_URL = database.urls.owner;
  const open = async () => (await openCalls(scene.gateway, [intentOf(admission, clock)]))[0];
  return { working, open };
}

const kindsAbout = async ({ runId }: Working) =>
  (await entriesAbout(database, `run:${runId}`)).map(({ kind }) => kind);

describe("a call that is opened while its run", () => {
  test.each(Object.keys(taken))("%s waits for that, and is refused", async (name) => {
    const { working, open } = await atWork();
    const [, opening] = await interleave(
      () => taken[name]?.(working) ?? Promise.reject(new Error(name)),
      open,
    );
    expect(opening).toMatchObject({ refused: "forbidden" });
    expect(await kindsAbout(working)).not.toContain("model.called");
    expect(await budgetRows(database, "run", working.runId)).toEqual([]);
  });

  test.each(["is paused", "is stopped"])("%s is opened where it was first, and that waits", async (name) => {
    const { working, open } = await atWork();
    const [opening] = await interleave(open, () => taken[name]?.(working) ?? Promise.reject(new Error(name)));
    expect(opening).toBe("opened");
    expect(await open()).toMatchObject({ refused: "forbidden" });
    const kinds = await kindsAbout(working);
    expect(kinds.filter((kind) => kind === "model.called")).toHaveLength(1);
  });
});
