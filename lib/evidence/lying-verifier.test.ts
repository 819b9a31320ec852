import { beforeEach, describe, expect, test } from "vitest";
import { listGatesOf } from "../gates/service.ts";
import { finishLease } from "../leases/service.ts";
import type { Assignment } from "../protocol/schema.ts";
import { getRun } from "../runs/service.ts";
import { ask, handIn, launch, leaseOf, seen, takeIn } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { listEvidence } from "./service.ts";

const { database, clock, seed, work, runner } = await runScene();
let runId = "";
let lease: Assignment;

async function toVerify(tier: "strong" | "weak" = "strong"): Promise<Assignment> {
  runId = await launch(seed, work.pilotId, work.agentId);
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  await takeIn(database, seed, runId);
  const assignment = await ask(runner, { phases: ["verify"], tier });
  if (assignment?.runId !== runId) throw new Error("another run was offered");
  return assignment;
}

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

  test("probe: new tests tried on another commit, or by another command, open no gate", async () => {
    const honest = seen(lease);
    const [first] = honest.observations;
    if (!first) throw new Error("nothing was observed");
    const { tree: _tree, repeat: _repeat, ...newTests } = first;
    for (const forged of [
      { ...newTests, commit: "d".repeat(40) },
      { ...newTests, argv: ["true"] },
    ])
      await expect(finishLease(runner, lease.leaseId, { ...honest, newTests: forged })).rejects.toMatchObject(
        {
          code: "refused",
        },
      );
    await finishLease(runner, lease.leaseId, { ...honest, newTests });
    const [evidence] = await listEvidence(seed, runId);
    expect(evidence?.document).toMatchObject({
      v: 2,
      newTests: { commit: newTests.commit, failed: ["broken"] },
    });
    expect(evidence?.document.environmentDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  test("probe: green without a word of canaries is not relied on, opens no gate, and says why", async () => {
    const { checks: _checks, ...silent } = seen(lease);
    await finishLease(runner, lease.leaseId, silent);
    const [evidence] = await listEvidence(seed, runId);
    expect(evidence?.document).toMatchObject({
      ...{ protocol: 1, canaryRule: "known" },
      judgement: { verdict: "untrustworthy", repaired: ["broken"] },
    });
    expect(evidence?.document.judgement.sentence).toContain("reported nothing of what it has to check");
    expect(await listGatesOf(seed, runId)).toEqual([]);
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
