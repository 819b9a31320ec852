// Where the tests of a run's way begin: a database and blobs of their own, an active pilot on a repository that can be
// handed out, and a runner. Ask for it before blobs and the database are first used.
//
//   const scene = await runScene();
//   const { runId, gateId, digest } = await scene.reviewed();
import type { Role } from "../authz/schema.ts";
import { SECOND } from "../clock.ts";
import type { Charter } from "../pilots/schema.ts";
import type { Scope } from "../scope.ts";
import { activePilot, arrangeWork, charterFor } from "./arrange.ts";
import { testDatabase } from "./database.ts";
import { enrol, type Journey, launch, openBase, testBlobs, toReview } from "./journey.ts";
import { systemActor, type TestClock, testClock, testScope } from "./scopes.ts";

export interface Reviewed {
  readonly runId: string;
  readonly gateId: string;
  readonly digest: string;
}

export interface RunScene extends Journey {
  readonly clock: TestClock;
  /** The installation itself; also the worker's scope. */
  readonly seed: Scope;
  /** What runs are launched on; the pilot has the default charter. */
  readonly work: { readonly agentId: string; readonly repositoryId: string; readonly pilotId: string };
  /** One more active pilot, whose charter differs from the default. */
  pilotWith(change?: (charter: Charter) => Partial<Charter>): Promise<string>;
  /** One more active pilot, whose controls differ from the default. */
  pilotControlled(controls: Partial<Charter["controls"]>): Promise<string>;
  /** A waiting run, a second younger than what was before: runs follow each other in the queue. */
  launched(pilotId?: string, by?: Scope): Promise<string>;
  /** A run in review with green evidence, and its open gate; nothing else may wait for a runner. */
  reviewed(pilotId?: string, by?: Scope): Promise<Reviewed>;
}

export async function runScene({ roles = ["engineering_lead"] as readonly Role[] } = {}): Promise<RunScene> {
  testBlobs();
  const database = await testDatabase("web");
  const clock = testClock();
  const seed = testScope({ roles, actor: systemActor("demo"), clock });
  const work = await arrangeWork(seed);
  await openBase(database, work.repositoryId);
  const journey = { database, worker: seed, runner: await enrol(seed, "r") };

  async function pilotWith(change: (charter: Charter) => Partial<Charter> = () => ({})): Promise<string> {
    const charter = charterFor(seed, work.repositoryId);
    return activePilot(seed, { ...charter, ...change(charter) });
  }

  async function launched(pilotId = work.pilotId, by = seed): Promise<string> {
    clock.advance(SECOND);
    return launch(by, pilotId, work.agentId);
  }

  return {
    ...journey,
    clock,
    seed,
    work,
    pilotWith,
    pilotControlled: (controls) =>
      pilotWith((charter) => ({ controls: { ...charter.controls, ...controls } })),
    launched,
    async reviewed(pilotId, by) {
      const runId = await launched(pilotId, by);
      const gate = await toReview(journey, runId);
      if (!gate) throw new Error(`no gate was opened for ${runId}`);
      return { runId, ...gate };
    },
  };
}
