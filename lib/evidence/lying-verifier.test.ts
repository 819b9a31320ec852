import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { disconnectDatabase } from "../db.ts";
import { listGatesOf } from "../gates/service.ts";
import { closeQueue } from "../jobs/queue.ts";
import { finishLease } from "../leases/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import {
  enrol,
  entriesAbout,
  handIn,
  launch,
  leaseOf,
  openBase,
  PATCH,
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
let author: Scope;
let neighbour: Scope;
let elsewhere: Scope;
let work: Awaited<ReturnType<typeof arrangeWork>>;
let runId = "";

beforeAll(async () => {
  work = await arrangeWork(seed);
  await openBase(database, work.repositoryId);
  author = await enrol(seed, "author", { phases: ["agent"], hostId: "host-number-one" });
  neighbour = await enrol(seed, "neighbour", { phases: ["verify"], hostId: "host-number-one" });
  elsewhere = await enrol(seed, "elsewhere", { phases: ["verify"], hostId: "host-number-two" });
});

beforeEach(async () => {
  clock.advance(1000);
  runId = await launch(seed, work.pilotId, work.agentId);
  await handIn(author, await leaseOf(author, runId, "agent"));
  await takeIn(database, seed, runId);
});

afterAll(async () => {
  await closeQueue();
  await disconnectDatabase();
});

async function footprint(): Promise<string> {
  const { rows } = await database.owner.query(
    `select (select count(*) from log_entry) as entries, (select count(*) from run_event) as events,
       (select count(*) from evidence) as evidence, (select count(*) from gate) as gates,
       (select count(*) from lease where ended_at is null) as leases`,
  );
  return JSON.stringify(rows);
}

describe("evidence", () => {
  test("that is green opens one gate, over exactly this patch and this evidence", async () => {
    const lease = await leaseOf(elsewhere, runId, "verify");
    await finishLease(elsewhere, lease.leaseId, seen(lease));
    expect(await getRun(seed, runId)).toMatchObject({ status: "in_review", reason: null, attempt: 2 });
    const [evidence] = await listEvidence(seed, runId);
    const gates = await listGatesOf(seed, runId);
    expect(gates).toHaveLength(1);
    const [gate] = gates;
    const run = await getRun(seed, runId);
    expect(JSON.parse(gate?.document ?? "")).toMatchObject({
      ...{ v: 1, decides: "merge", gate: gate?.id, run: runId, attempt: 2, baseCommit: "a".repeat(40) },
      ...{ tree: "2".repeat(40), patch: "3".repeat(64), evidence: [evidence?.digest], method: "session" },
      ...{ charter: run.charterDigest, targetRef: "refs/heads/main", repository: work.repositoryId },
      ...{ needed: 1, expires: gate?.expiresAt.toISOString() },
    });
    expect(gate?.digest).toBe(sha256Hex(Buffer.from(gate?.document ?? "", "utf8")));
  });

  test("can be rebuilt byte for byte from what is stored, and the record holds its digest", async () => {
    const lease = await leaseOf(elsewhere, runId, "verify");
    await finishLease(elsewhere, lease.leaseId, seen(lease));
    const { rows } = await database.owner.query("select canonical, digest from evidence where run_id = $1", [
      runId,
    ]);
    expect(canonicalText(JSON.parse(rows[0].canonical))).toBe(rows[0].canonical);
    expect(sha256Hex(Buffer.from(rows[0].canonical, "utf8"))).toBe(rows[0].digest);
    const entry = (await entriesAbout(database, `run:${runId}`)).find(
      ({ kind }) => kind === "run.evidence_recorded",
    );
    expect(entry?.detail).toMatchObject({
      digest: rows[0].digest,
      verdict: "verified",
      patch: "3".repeat(64),
    });
  });

  test("that is red opens no gate, and the review says what was seen", async () => {
    const lease = await leaseOf(elsewhere, runId, "verify");
    await finishLease(elsewhere, lease.leaseId, seen(lease, false));
    const [evidence] = await listEvidence(seed, runId);
    expect(evidence?.document.judgement.verdict).not.toBe("verified");
    expect(await listGatesOf(seed, runId)).toEqual([]);
    expect(await getRun(seed, runId)).toMatchObject({
      status: "in_review",
      reason: evidence?.document.judgement.sentence,
    });
  });

  test("says whether author and verifier share a host", async () => {
    const apart = await leaseOf(elsewhere, runId, "verify");
    await finishLease(elsewhere, apart.leaseId, seen(apart));
    const [first] = await listEvidence(seed, runId);
    expect(first).toMatchObject({ runnerName: "elsewhere", document: { sameHost: false } });

    clock.advance(1000);
    runId = await launch(seed, work.pilotId, work.agentId);
    await handIn(author, await leaseOf(author, runId, "agent"));
    await takeIn(database, seed, runId);
    const near = await leaseOf(neighbour, runId, "verify");
    await finishLease(neighbour, near.leaseId, seen(near));
    const [second] = await listEvidence(seed, runId);
    expect(second?.document).toMatchObject({ sameHost: true, runner: actorId(neighbour.actor) });
    const { rows } = await database.owner.query("select same_host from evidence where run_id = $1", [runId]);
    expect(rows).toEqual([{ same_host: true }]);
  });

  test("probe: about another commit than was given is refused, and the lease goes on", async () => {
    const lease = await leaseOf(elsewhere, runId, "verify");
    const finish = seen(lease);
    const before = await footprint();
    const told = (tree: string, commit: string) => ({
      ...finish,
      observations: finish.observations.map((each) => (each.tree === tree ? { ...each, commit } : each)),
    });
    for (const forged of [
      told("patch_on_patch", "a".repeat(40)),
      told("base_on_base", PATCH),
      told("base_on_patch", "f".repeat(40)),
    ])
      await expect(finishLease(elsewhere, lease.leaseId, forged)).rejects.toMatchObject({ code: "refused" });
    expect(await footprint()).toBe(before);
    await finishLease(elsewhere, lease.leaseId, finish);
  });
});
