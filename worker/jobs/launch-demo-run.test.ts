import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "#lib/agents/service.ts";
import { addRepository, recordMirror } from "#lib/repositories/service.ts";
import { listRuns } from "#lib/runs/service.ts";
import { activePilot, charterFor } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { testWorkplace } from "#lib/testing/git/story.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { asProcess, testBlobs } from "#lib/testing/journey.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import type { Workplace } from "../workplace.ts";
import { launchDemoRun } from "./launch-demo-run.ts";

const blobs = testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const workshop = await testWorkshop();
let workplace: Workplace;
let order: { pilotId: string; agentId: string };
let repositoryId = "";

beforeAll(async () => {
  workplace = testWorkplace(workshop, blobs);
  ({ repositoryId } = await addRepository(seed, { name: "tally", source: "/srv/tally", authority: "own" }));
  const { agentId } = await ensureRecipeAgent(seed);
  order = { agentId, pilotId: await activePilot(seed, charterFor(seed, repositoryId)) };
});

const job = () => asProcess(database, "worker", () => launchDemoRun(workplace, worker, order));

describe("the demo's first run", () => {
  test("waits for its repository, and gives the queue another try when it takes too long", async () => {
    await expect(job()).rejects.toMatchObject({ code: "unavailable" });
    expect(await listRuns(seed)).toEqual([]);
  });

  test("is launched once by the installation, however often the job is done", async () => {
    const head = "a".repeat(40);
    await recordMirror(seed, repositoryId, { outcome: "mirrored", branch: "main", head, commits: 40 });
    await job();
    await job();
    const runs = await listRuns(seed);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ status: "queued", baseCommit: head, launchedBy: "system:demo" });
  });
});
