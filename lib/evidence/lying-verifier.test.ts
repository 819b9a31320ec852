import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { disconnectDatabase } from "../db.ts";
import { listGatesOf } from "../gates/service.ts";
import { closeQueue } from "../jobs/queue.ts";
import { finishLease } from "../leases/service.ts";
import type { Assignment } from "../protocol/schema.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import {
  ask,
  enrol,
  handIn,
  launch,
  leaseOf,
  openBase,
  seen,
  takeIn,
  testBlobs,
} from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { listEvidence } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
let runner: Scope;
let work: Awaited<ReturnType<typeof arrangeWork>>;
let runId = "";
let lease: Assignment;

beforeAll(async () => {
  work = await arrangeWork(seed);
  await openBase(database, work.repositoryId);
  runner = await enrol(seed, "r");
});

async function toVerify(tier: "strong" | "weak" = "strong"): Promise<Assignment> {
  runId = await launch(seed, work.pilotId, work.agentId);
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  await takeIn(database, seed, runId);
  const assignment = await ask(runner, { phases: ["verify"], tier });
  if (assignment?.runId !== runId) throw new Error("another run was offered");
  return assignment;
}

afterAll(async () => {
  await closeQueue();
  await disconnectDatabase();
});

type Observed = ReturnType<typeof seen>;
type Observation = Observed["observations"][number];
const finish = (change: (observation: Observation) => Observation | null) => {
  const honest = seen(lease);
  const observations = honest.observations.flatMap((observation) => change(observation) ?? []);
  return finishLease(runner, lease.leaseId, { ...honest, observations });
};

describe("a verifier that lies about what it did", () => {
  beforeEach(async () => {
    clock.advance(1000);
    lease = await toVerify();
  });

  test.each<[string, (observation: Observation) => Observation | null]>([
    ["one run of each tree where the charter asks for three", (each) => (each.repeat === 1 ? each : null)],
    ["repeats with numbers of its own", (each) => ({ ...each, repeat: each.repeat + 10 })],
    ["a command of its own", (each) => ({ ...each, argv: ["true"] })],
    ["a commit of its own", (each) => ({ ...each, commit: "d".repeat(40) })],
  ])("probe: %s opens no gate, and the truth is still taken", async (_name, change) => {
    await expect(finish(change)).rejects.toMatchObject({ code: "refused" });
    expect(await listGatesOf(seed, runId)).toEqual([]);
    expect((await getRun(seed, runId)).status).toBe("verifying");
    await finish((each) => each);
    expect((await getRun(seed, runId)).status).toBe("in_review");
  });

  test("probe: test names with characters no database holds are stored, shown as such", async () => {
    await finish((each) => ({
      ...each,
      exit: 1,
      passed: [...each.passed, "evil\0name", "half \ud800"],
      failed: [...each.failed, "bad\0"],
    }));
    const [evidence] = await listEvidence(seed, runId);
    expect(evidence?.document.observations[0]?.failed).toContain("bad␀");
  });
});

test("probe: evidence names the tier the lease was granted on, not the one claimed at the end", async () => {
  clock.advance(1000);
  lease = await toVerify("weak");
  await finish((each) => each); // `seen` claims "strong"
  const [evidence] = await listEvidence(seed, runId);
  expect(evidence?.document.environment.tier).toBe("weak");
});
