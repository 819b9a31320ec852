// A run's way through the services, walked as a runner, the worker and people walk it; no git, no sandbox. Each step
// uses the database as the role of the process that takes it.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll } from "vitest";
import type { z } from "zod";
import { storeBytes } from "../blobs/service.ts";
import { disconnectDatabase, transaction } from "../db.ts";
import { listGatesOf } from "../gates/service.ts";
import { grantLease } from "../leases/grant-lease.ts";
import { finishLease, markPrepared } from "../leases/service.ts";
import { takeBundle } from "../leases/transfers.ts";
import type { ProcessName } from "../migrate/roles.ts";
import type { PatchFile, PatchFlag } from "../patches/schema.ts";
import { recordPatch } from "../patches/service.ts";
import type { Assignment, Finish, LeaseRequest, Phase } from "../protocol/schema.ts";
import { newRunnerKeys } from "../protocol/signing.ts";
import { findRebaseOrder, refuseRebase } from "../rebases/service.ts";
import { registerRunner } from "../runners/register-runner.ts";
import { makeEnrolment } from "../runners/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import type { TestDatabase } from "./database.ts";
import { CHECKED, observeAll, type Result } from "./observations.ts";
import { systemActor, testScope } from "./scopes.ts";

/** A folder for blobs of this test file, gone after its tests; ask for it before blobs are first used. */
export function testBlobs(): string {
  const folder = mkdtempSync(join(tmpdir(), "pilothouse-blobs-test-"));
  process.env.PILOTHOUSE_BLOBS = folder;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function connectAs(url: string | undefined): Promise<void> {
  await disconnectDatabase();
  process.env.DATABASE_URL = url;
}

/** Does work as another process would: with its role. */
export async function asProcess<T>(
  database: TestDatabase,
  name: ProcessName,
  work: () => Promise<T>,
): Promise<T> {
  const before = process.env.DATABASE_URL;
  await connectAs(database.urls[name]);
  try {
    return await work();
  } finally {
    await connectAs(before);
  }
}

/** The scope of a newly registered runner. */
export async function enrol(
  seed: Scope,
  name: string,
  { phases = ["agent", "verify"] as Phase[], hostId = `host-of-${name}` } = {},
): Promise<Scope> {
  const security = testScope({ roles: ["security_lead"], actor: systemActor("demo"), clock: seed.clock });
  const { token } = await makeEnrolment(security, { phases });
  const { publicKey } = newRunnerKeys();
  const { runnerId } = await registerRunner(
    seed,
    {
      ...{ version: 1, enrolmentToken: token, name, publicKey, hostId, phases },
      ...{ tier: "strong", tierMissing: [], slots: 1 },
    },
    "192.0.2.7",
  );
  return testScope({ actor: { kind: "runner", runnerId }, clock: seed.clock });
}

/** What the worker writes down once a base can be handed out. */
export async function openBase(database: TestDatabase, repositoryId: string, letter = "a"): Promise<void> {
  await database.owner.query("insert into base_bundle values ($1, $2, $3, 1, now()) on conflict do nothing", [
    repositoryId,
    letter.repeat(40),
    "0".repeat(64),
  ]);
}

export async function launch(scope: Scope, pilotId: string, agentId: string): Promise<string> {
  const title = "Repair main";
  return (await launchRun(scope, { pilotId, agentId, title, requestKey: randomUUID() })).runId;
}

const REQUEST = { version: 1, tierMissing: [], waitSeconds: 0 };

/** What the plane offers a runner. */
export const ask = (
  runner: Scope,
  { phases = ["agent", "verify"], tier = "strong" }: Partial<z.infer<typeof LeaseRequest>> = {},
): Promise<Assignment | null> =>
  grantLease(runner, actorId(runner.actor), { ...REQUEST, phases: [...phases], tier });

/** The lease of exactly this run; nothing else may wait before it. */
export async function leaseOf(runner: Scope, runId: string, phase: Phase): Promise<Assignment> {
  const assignment = await ask(runner, { phases: [phase] });
  if (assignment?.runId !== runId)
    throw new Error(`${assignment?.runId ?? "nothing"} was offered, not ${runId}`);
  return assignment;
}

export const SUMMARY = { text: "Reverted the culprit.", claims: [], repaired: [], givenUp: [], flaky: [] };

export const bytes = (text: string): ReadableStream<Uint8Array> =>
  new Response(text).body as ReadableStream<Uint8Array>;

/** The agent ends with a patch. */
export async function handIn(runner: Scope, { leaseId, attempt }: Assignment): Promise<void> {
  await markPrepared(runner, leaseId, attempt);
  const { blobId } = await takeBundle(runner, leaseId, attempt, bytes(`bundle of ${leaseId}`));
  await finishLease(runner, leaseId, { outcome: "patch", attempt, bundleBlobId: blobId, summary: SUMMARY });
}

export const PATCH = "b".repeat(40);

/** The worker took the patch in. */
export async function takeIn(
  database: TestDatabase,
  worker: Scope,
  runId: string,
  flags: readonly PatchFlag[] = [],
  files: readonly PatchFile[] = [],
): Promise<void> {
  const stored = (text: string) => storeBytes(Readable.from([Buffer.from(text)]), 1000, worker.clock.now());
  const [manifest, diff, bundle] = [await stored("manifest"), await stored("diff"), await stored("bundle")];
  await asProcess(database, "worker", () =>
    transaction(worker, async (tx) => {
      const run = await lockRun(tx, runId);
      await recordPatch(tx, worker, run, {
        ...{ attempt: run.attempt, baseTree: "1".repeat(40), tree: "2".repeat(40), commit: PATCH },
        ...{ digest: "3".repeat(64), files, flags, manifest, diff, bundle },
      });
    }),
  );
}

type Observed = Extract<z.infer<typeof Finish>, { outcome: "observed" }>;

/** What a verifier saw: the failing test passes on the patch, or still fails. */
export function seen({ attempt, baseCommit, test: { argv, repeats } }: Assignment, green = true): Observed {
  const always = (result: Result) => Array<Result>(repeats).fill(result);
  const base = { broken: always("failed"), fine: always("passed") };
  const patch = { broken: always(green ? "passed" : "failed"), fine: base.fine };
  return {
    outcome: "observed",
    attempt,
    environment: { tier: "strong", node: "v24", platform: "linux", kernel: "6" },
    observations: observeAll({ base, patch }).map((observation) => ({
      ...observation,
      argv,
      ...(observation.tree === "base_on_base" ? { commit: baseCommit } : {}),
    })),
    checks: CHECKED,
  };
}

export interface Journey {
  readonly database: TestDatabase;
  readonly worker: Scope;
  readonly runner: Scope;
}

/** From the queue into review. Gives the open merge gate, or null after red evidence. */
export async function toReview(
  { database, worker, runner }: Journey,
  runId: string,
  { green = true, flags = [] as readonly PatchFlag[] } = {},
): Promise<{ gateId: string; digest: string } | null> {
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  await takeIn(database, worker, runId, flags);
  const verify = await leaseOf(runner, runId, "verify");
  await finishLease(runner, verify.leaseId, seen(verify, green));
  const gate = (await listGatesOf(worker, runId)).find(({ status }) => status === "open");
  return gate ? { gateId: gate.id, digest: gate.digest } : null;
}

/** The worker found that the patch is another one on its run's new base: an agent has the run next. */
export async function toAgentAgain(
  { database, worker }: Pick<Journey, "database" | "worker">,
  runId: string,
): Promise<void> {
  const order = await findRebaseOrder(worker, runId);
  if (!order) throw new Error("nobody waits for this patch on a new base");
  await asProcess(database, "worker", () => refuseRebase(worker, order, "changed"));
}

/** Entries about a subject, oldest first. */
export async function entriesAbout(
  database: TestDatabase,
  subject: string,
): Promise<{ kind: string; detail: Record<string, unknown> }[]> {
  const { rows } = await database.owner.query<{ kind: string; body: string }>(
    "select kind, convert_from(body, 'UTF8') as body from log_entry where about @> array[$1] order by seq",
    [subject],
  );
  return rows.map(({ kind, body }) => ({ kind, detail: JSON.parse(body).detail }));
}

/** Kinds of the entries about a subject, without the batches of events. */
export const kindsAbout = async (database: TestDatabase, subject: string): Promise<string[]> =>
  (await entriesAbout(database, subject))
    .map(({ kind }) => kind)
    .filter((kind) => kind !== "run.events_appended");
