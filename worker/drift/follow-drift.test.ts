// The follower on a real database, as the worker's own role.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { transaction } from "#lib/db.ts";
import { pointsOf } from "#lib/drift/fold.ts";
import { charterToFollow, findDrift, listPoints } from "#lib/drift/service.ts";
import { conflict } from "#lib/errors.ts";
import { appendEvents, listEvents } from "#lib/events/service.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { pauseRun } from "#lib/runs/pause-run.ts";
import { resumeRun } from "#lib/runs/resume-run.ts";
import { getRun } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { driftEvents } from "#lib/testing/drift-events.ts";
import { asProcess, entriesAbout } from "#lib/testing/journey.ts";
import { type ModelScene, openModelScene } from "#lib/testing/model-scene.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { createDriftFollower, type FollowerOptions, termsOf } from "./follow-drift.ts";

const database = await testDatabase("web");
const clock = testClock();
const worker: Scope = testScope({ actor: systemActor("worker"), clock });
let scene: ModelScene;

beforeAll(async () => {
  scene = await openModelScene(database, clock, { controls: { driftPause: 60 } });
});

async function append(runId: string, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const at = new Date(clock.now()).toISOString();
  await transaction(scene.lead, (tx) =>
    appendEvents(tx, {
      ...{ runId, attempt: 1, observedBy: "runner" },
      events: events.map((event) => ({ at, event })),
    }),
  );
}

function follower(changes: Partial<FollowerOptions> = {}) {
  const pauses: { runId: string; reason: string }[] = [];
  const made = createDriftFollower({
    pause: async (_scope, runId, reason) => void pauses.push({ runId, reason }),
    failed: (error) => {
      throw error;
    },
    ...changes,
  });
  /** As the worker; `inside` where the process is the worker already, for changing the role makes all connections anew. */
  const follow = () => asProcess(database, "worker", () => made.follow(worker));
  return { pauses, follow, inside: () => made.follow(worker) };
}

async function counted(runId: string) {
  const { rows } = await database.owner.query("select charter_id as id from run where id = $1", [runId]);
  const terms = termsOf(await charterToFollow(worker, rows[0]?.id));
  return pointsOf(terms, await listEvents(worker, runId, 0, 10_000));
}
const stored = async (runId: string) =>
  (await listPoints(worker, runId, 0)).map(({ paused: _paused, ...point }) => point);

const refused = (times: number): NewEvent => ({
  kind: "relay_refused",
  body: { method: "GET", target: "/", status: 403, reason: "", times },
});
const outside = (count: number): NewEvent[] => [
  ...Array.from(
    { length: count },
    (_, nth): NewEvent => ({
      kind: "file_changed",
      body: { path: `test/${nth}.test.js`, added: 1, removed: 0 },
    }),
  ),
];
const failing = (count: number): NewEvent => ({
  kind: "tests_reported",
  body: {
    ...{ command: 2, tree: "abc", passed: 0, failed: count, skipped: 0 },
    failing: Array.from({ length: count }, (_, nth) => `t ${nth}`),
  },
});
const base: NewEvent = {
  kind: "tests_reported",
  body: { command: 1, tree: "base", passed: 9, failed: 0, skipped: 0, failing: [] },
};
/** 25 for what was refused, 20 for files of the tests, 35 for tests. */
const STRAYED = [base, refused(10), ...outside(4), failing(5)];

describe("what is stored", () => {
  test("is what counting again from the first event gives, however events came and whoever died in between", async () => {
    await fc.assert(
      fc.asyncProperty(
        driftEvents(60),
        fc.array(
          fc.record({
            size: fc.integer({ min: 1, max: 25 }),
            dies: fc.boolean(),
            page: fc.integer({ min: 1, max: 9 }),
          }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (story, cuts) => {
          const { runId } = await scene.start();
          await asProcess(database, "worker", async () => {
            let one = follower();
            const other = follower({ page: 7 });
            let at = 0;
            for (const { size, dies, page } of cuts) {
              await append(runId, story.slice(at, at + size));
              at += size;
              if (dies) one = follower({ page });
              await one.inside();
              if (size % 3 === 0) await other.inside();
            }
            await append(runId, story.slice(at));
            await one.inside();
          });
          expect(await stored(runId)).toEqual(await counted(runId));
        },
      ),
      { numRuns: 10 },
    );
  });

  test("is there once, where two workers look at the same time", async () => {
    const { runId } = await scene.start();
    await append(runId, STRAYED);
    const [one, other] = [follower(), follower()];
    await asProcess(database, "worker", async () => {
      const both = [one, other].map(() =>
        createDriftFollower({
          pause: async () => undefined,
          failed: (error) => {
            throw error;
          },
        }).follow(worker),
      );
      await Promise.all(both);
    });
    expect(await stored(runId)).toEqual(await counted(runId));
    expect(
      (await entriesAbout(database, `run:${runId}`)).filter(({ kind }) => kind === "run.drifted"),
    ).toHaveLength(1);
  });

  test("holds no text of the run", async () => {
    const { runId } = await scene.start();
    await append(runId, [
      ...STRAYED,
      { kind: "file_changed", body: { path: "test/hunter2.js", added: 1, removed: 1 } },
    ]);
    await follower().follow();
    const { rows } = await database.owner.query("select * from run_drift where run_id = $1", [runId]);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/hunter2|test\/|GET/);
  });
});

describe("a run over its charter's score", () => {
  test("is paused once, with a sentence and an entry; the page is given where", async () => {
    const { runId } = await scene.start();
    const { pauses, follow } = follower();
    await append(runId, [base, refused(10), ...outside(4)]);
    await follow();
    expect(pauses).toEqual([]);
    await append(runId, [failing(5)]);
    await follow();
    await append(runId, [refused(1)]);
    await follow();
    expect(pauses).toEqual([
      {
        runId,
        reason:
          "Its drift score is 80, and the charter pauses a run at 60: tests that got worse (35), ways out that were refused (25), files of the tests changed (20).",
      },
    ]);
    const entries = (await entriesAbout(database, `run:${runId}`)).filter(
      ({ kind }) => kind === "run.drifted",
    );
    expect(entries.map(({ detail }) => detail)).toMatchObject([
      { score: 80, threshold: 60, parts: ["tests", "refused", "harness"] },
    ]);
    const view = await findDrift(scene.lead, runId);
    expect(view?.threshold).toBe(60);
    expect(view?.points.filter(({ paused }) => paused)).toMatchObject([{ score: 80 }]);
  });

  test("stands still by the worker's own hand, says why where people look, and is not asked about again", async () => {
    const { runId } = await scene.start();
    await append(runId, STRAYED);
    const { follow } = follower({ pause: (scope, id, reason) => pauseRun(scope, { runId: id, reason }) });
    await follow();
    await follow();
    const run = await getRun(scene.lead, runId);
    expect(run).toMatchObject({ status: "paused", reason: expect.stringMatching(/^Its drift score is 80/) });
    const kinds = (await entriesAbout(database, `run:${runId}`)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "run.drifted" || kind === "run.paused")).toEqual([
      "run.drifted",
      "run.paused",
    ]);
    expect(await stored(runId)).toEqual(await counted(runId));
    await resumeRun(scene.lead, { runId });
    await follow();
    expect((await getRun(scene.lead, runId)).status).not.toBe("paused");
  });

  test("is paused after a crash between the score and the pause", async () => {
    const { runId } = await scene.start();
    await append(runId, STRAYED);
    const errors: unknown[] = [];
    const dying = follower({
      pause: async () => Promise.reject(new Error("killed")),
      failed: (error) => void errors.push(error),
    });
    await dying.follow();
    expect(errors).toHaveLength(1);
    const { pauses, follow } = follower();
    await follow();
    await follow();
    expect(pauses.map((each) => each.runId)).toEqual([runId]);
  });

  test("that cannot be paused any more is left as it is, and not asked for again", async () => {
    const { runId } = await scene.start();
    await append(runId, STRAYED);
    let asked = 0;
    const { follow } = follower({
      pause: async () => {
        asked += 1;
        throw conflict("It has ended.");
      },
    });
    await follow();
    await follow();
    expect(asked).toBe(1);
    expect(await stored(runId)).toEqual(await counted(runId));
  });

  test("goes on after somebody let it, until it gets clearly worse or was better in between", async () => {
    const { runId } = await scene.start();
    const { pauses, follow } = follower();
    await append(runId, STRAYED);
    await follow();
    await append(runId, [refused(1)]);
    await follow();
    expect(pauses).toHaveLength(1);
    await append(runId, [failing(0)]);
    await follow();
    await append(runId, [failing(5)]);
    await follow();
    expect(pauses).toHaveLength(2);
  });
});

test("a run of an agent without a model has no drift", async () => {
  const { rows } = await database.owner.query("select id from run limit 1");
  await database.owner.query("alter table agent disable trigger user");
  await database.owner.query("update agent set model = null, provider_id = null");
  await database.owner.query("alter table agent enable trigger user");
  expect(await findDrift(scene.lead, rows[0]?.id)).toBeNull();
});
