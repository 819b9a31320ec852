// The beginning of a story with real git: a database and blobs of its own, a sandbox, a runner. Ask for it before blobs
// and the database are first used.
import { ensureRecipeAgent } from "#lib/agents/service.ts";
import { testDatabase } from "../database.ts";
import { enrol, testBlobs } from "../journey.ts";
import { systemActor, type TestClock, testClock, testScope } from "../scopes.ts";
import { type Story, testWorkplace } from "./story.ts";
import { testWorkshop } from "./workshop.ts";

export interface OpenStory extends Story {
  readonly clock: TestClock;
  /** The recipe, which runs are launched with. */
  readonly agentId: string;
}

export async function openStory(): Promise<OpenStory> {
  const blobs = testBlobs();
  const database = await testDatabase("web");
  const workshop = await testWorkshop();
  const clock = testClock();
  const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
  const { agentId } = await ensureRecipeAgent(seed);
  const runner = await enrol(seed, "r");
  return { database, workshop, workplace: testWorkplace(workshop, blobs), seed, runner, clock, agentId };
}
