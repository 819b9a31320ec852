// How near each pilot of a list is to its nearest tripwire.
import { beforeAll, expect, test } from "vitest";
import { failRun } from "../testing/failed-run.ts";
import { asProcess } from "../testing/journey.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { listWatch } from "./list-watch.ts";
import type { Tripwire } from "./schema.ts";
import { watchWires } from "./watch-wires.ts";

let scene: RunScene;
let [near, frozen, quiet]: string[] = [];
const wire = (more: Partial<Tripwire>): Tripwire => ({
  ...{ measure: "failed_runs", bound: ">=", threshold: 4, of: "value", windowHours: 24 },
  ...{ minimum: 1, clears: 0, steps: ["pause"], ...more },
});

beforeAll(async () => {
  scene = await runScene();
  const pilotOf = (...tripwires: Tripwire[]) =>
    scene.pilotWith(({ rollback }) => ({ rollback: { ...rollback, pauseAfterFailedRuns: 20, tripwires } }));
  near = await pilotOf(wire({}), wire({ measure: "launched_runs", threshold: 100, steps: ["warn"] }));
  frozen = await pilotOf(wire({ threshold: 1, steps: ["pause", "freeze_merges"] }), wire({}));
  quiet = await pilotOf(wire({ measure: "revert_rate", threshold: 20, minimum: 5 }));
  for (const pilotId of [near, near, near, frozen]) await failRun(scene.seed, await scene.launched(pilotId));
  scene.clock.advance(1000);
  await asProcess(scene.database, "worker", () => watchWires(scene.seed));
});

test("a list says of each pilot what is nearest, what tripped, and what froze its merges", async () => {
  const watch = await listWatch(scene.seed);
  expect(watch[near ?? ""]).toMatchObject({
    ...{ wires: 2, frozenBy: null },
    nearest: { title: "Runs that failed", state: "armed", way: 0.75, words: "3 of 4, then paused" },
  });
  expect(watch[frozen ?? ""]).toMatchObject({
    nearest: { state: "tripped", words: "tripped, 1 of 1 now" },
    frozenBy: "failed_runs >= 1 over 1 day; at least 1; clears at 0; pause, freeze_merges",
  });
  expect(watch[quiet ?? ""]).toMatchObject({
    nearest: { state: "armed", way: null, words: "too little to tell yet" },
  });
  expect(watch[scene.work.pilotId]).toMatchObject({ wires: 0, nearest: null, frozenBy: null });
});

test("probe: of other pilots, and without the permission, nothing is said", async () => {
  const viewer = testScope({ roles: [["viewer", near ?? ""]], clock: scene.clock });
  expect(Object.keys(await listWatch(viewer))).toEqual([near]);
  expect(await listWatch(testScope({ clock: scene.clock }))).toEqual({});
});
