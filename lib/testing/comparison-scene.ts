// Two agents with models compared in one pilot: planned by a lead, judged by a named reviewer.
import { Readable } from "node:stream";
import { AgentSettings } from "../agents/schema.ts";
import { createAgent } from "../agents/service.ts";
import { storeBytes } from "../blobs/service.ts";
import type { PlanComparison } from "../comparisons/schema.ts";
import { transaction } from "../db.ts";
import { finishLease } from "../leases/service.ts";
import { recordPatch } from "../patches/service.ts";
import type { Assignment } from "../protocol/schema.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "./arrange.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { ask, asProcess, handIn, leaseOf, PATCH, seen, testBlobs } from "./journey.ts";
import { type ModelScene, openModelScene } from "./model-scene.ts";
import { type TestClock, testClock } from "./scopes.ts";

/** What the second agent of the scene is called: a vendor and its model, in no test's own words. */
export const RIVAL = "Zephyrine Coder";

export interface ComparisonScene extends ModelScene {
  readonly database: TestDatabase;
  readonly clock: TestClock;
  readonly planner: Scope;
  readonly reviewer: Scope;
  readonly rivalId: string;
  /** Two agents, two tasks, two attempts each. */
  plan(change?: Partial<PlanComparison>): PlanComparison;
  /** The next waiting run of an agent handed in, taken in and verified. Returns its id and the diff's letter. */
  attempted(diff: string, green?: boolean): Promise<string>;
}

export async function comparisonScene(): Promise<ComparisonScene> {
  testBlobs();
  const database = await testDatabase("web");
  const clock = testClock();
  const scene = await openModelScene(database, clock);
  const settings = AgentSettings.parse({});
  const { agentId: rivalId } = await createAgent(scene.admin, {
    ...{ name: RIVAL, driver: "openai", providerId: scene.providerId, model: "model-1", settings },
  });
  const planner = await member(scene.lead, "planner", "engineering_lead");
  const reviewer = await member(scene.lead, "rey", "reviewer");
  const { pilotId, agentId, runner } = scene;
  const worker = scene.lead;

  async function takeIn({ runId }: Assignment, diff: string): Promise<void> {
    const stored = (text: string) => storeBytes(Readable.from([Buffer.from(text)]), 1_000_000, clock.now());
    const [manifest, blob, bundle] = [await stored(`m ${runId}`), await stored(diff), await stored(runId)];
    await asProcess(database, "worker", () =>
      transaction(worker, async (tx) => {
        const run = await lockRun(tx, runId);
        await recordPatch(tx, worker, run, {
          ...{ attempt: run.attempt, baseTree: "1".repeat(40), tree: "2".repeat(40), commit: PATCH },
          ...{ digest: "3".repeat(64), files: [], flags: [], manifest, diff: blob, bundle },
        });
      }),
    );
  }

  return {
    ...scene,
    ...{ database, clock, planner, reviewer, rivalId },
    plan: (change = {}) => ({
      ...{ pilotId, title: "Autumn bake-off", agents: [agentId, rivalId], each: 2 },
      reviewers: [actorId(reviewer.actor)],
      tasks: [
        { title: "Repair the ledger", task: "Make the ledger test pass.", kind: "repair" as const },
        { title: "Repair the clock", task: "Make the clock test pass.", kind: "repair" as const },
      ],
      ...change,
    }),
    async attempted(diff, green = true) {
      const assignment = await ask(runner, { phases: ["agent"] });
      if (!assignment) throw new Error("no attempt waits");
      clock.advance(60_000);
      await handIn(runner, assignment);
      await takeIn(assignment, diff);
      const verify = await leaseOf(runner, assignment.runId, "verify");
      await finishLease(runner, verify.leaseId, seen(verify, green));
      return assignment.runId;
    },
  };
}
