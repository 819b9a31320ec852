import { beforeEach, describe, expect, test } from "vitest";
import { listGatesOf } from "../gates/service.ts";
import { finishLease } from "../leases/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { getRun } from "../runs/service.ts";
import { actorId } from "../scope.ts";
import { enrol, entriesAbout, handIn, launch, leaseOf, PATCH, seen, takeIn } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { listEvidence } from "./service.ts";

const scene = await runScene();
const { database, clock, seed, work } = scene;
const author = await enrol(seed, "author", { phases: ["agent"], hostId: "host-number-one" });
const neighbour = await enrol(seed, "neighbour", { phases: ["verify"], hostId: "host-number-one" });
const elsewhere = await enrol(seed, "elsewhere", { phases: ["verify"], hostId: "host-number-two" });
let runId = "";

beforeEach(async () => {
  runId = await scene.launched();
  await handIn(author, await leaseOf(author, runId, "agent"));
  await takeIn(database, seed, runId);
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

  test("without a canary opens no gate where the charter wants one, and the review says so", async () => {
    const first = await leaseOf(elsewhere, runId, "verify");
    await finishLease(elsewhere, first.leaseId, seen(first));
    runId = await scene.launched(await scene.pilotControlled({ canary: "always" }));
    await handIn(author, await leaseOf(author, runId, "agent"));
    await takeIn(database, seed, runId);
    const lease = await leaseOf(elsewhere, runId, "verify");
    await finishLease(elsewhere, lease.leaseId, seen(lease));
    const [evidence] = await listEvidence(seed, runId);
    expect(evidence?.document).toMatchObject({
      canaryRule: "always",
      judgement: { verdict: "untrustworthy" },
    });
    expect(await listGatesOf(seed, runId)).toEqual([]);
    expect((await getRun(seed, runId)).reason).toContain("there was no canary: framework not known.");
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
