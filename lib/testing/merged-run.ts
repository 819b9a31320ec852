// One run from launch to merge with two people in it, numbered and signed by the real notary; and the verifier over it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyBundle } from "../../verify/bundle.ts";
import { parsePolicy } from "../../verify/policy.ts";
import type { Report } from "../../verify/report.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { listGatesOf } from "../gates/service.ts";
import type { Reader } from "../log-access/schema.ts";
import { getMerge, noteCommit, settleMerge } from "../merges/service.ts";
import type { Scope } from "../scope.ts";
import { arrangeWork, member } from "./arrange.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { asProcess, enrol, type Journey, launch, openBase, testBlobs, toReview } from "./journey.ts";
import { sequenceLog, type TestLog } from "./notary.ts";
import { person, systemActor, type TestClock, testClock, testScope } from "./scopes.ts";

export interface MergedRun {
  readonly runId: string;
  readonly pilotId: string;
  readonly gateId: string;
  readonly approver: Scope;
}

const COMMIT = "d".repeat(40);

/** A run that was approved by a reviewer and merged. `seed` is the installation itself; it takes one runner for all. */
export async function mergedRun(
  { database, worker: seed, runner }: Journey,
  name: string,
): Promise<MergedRun> {
  const { agentId, repositoryId, pilotId } = await arrangeWork(seed);
  await openBase(database, repositoryId);
  const approver = await member(seed, `approver-of-${name}`, "reviewer");
  const runId = await launch(seed, pilotId, agentId);
  await toReview({ database, worker: seed, runner }, runId);
  const gate = (await listGatesOf(seed, runId)).find(({ status }) => status === "open");
  if (!gate) throw new Error("no gate is open");
  const decision = {
    gateId: gate.id,
    digest: gate.digest,
    decision: "approve",
    reason: "Read every line.",
  } as const;
  await decideGate(approver, decision);
  await published({ database, worker: seed, runner }, gate.id);
  return { runId, pilotId, gateId: gate.id, approver };
}

/** The worker's part of a merge that was decided: its commit, and the ref moved to it. */
export async function published({ database, worker: seed }: Journey, gateId: string): Promise<void> {
  const { rows } = await database.owner.query<{ id: string }>("select id from merge where gate_id = $1", [
    gateId,
  ]);
  const mergeId = rows[0]?.id ?? "";
  await asProcess(database, "worker", async () => {
    await noteCommit(seed, await getMerge(seed, mergeId), COMMIT);
    await settleMerge(seed, mergeId, { outcome: "moved", commit: COMMIT });
  });
}

export interface MergedScene {
  readonly database: TestDatabase;
  readonly clock: TestClock;
  /** The installation itself. */
  readonly seed: Scope;
  readonly auditor: Scope;
  readonly reader: Reader;
  /** Two runs of two pilots, merged and signed. */
  readonly runs: readonly [MergedRun, MergedRun];
  readonly log: TestLog;
}

/** What the tests of bundles begin with. Ask for it before blobs and the database are first used. */
export async function mergedScene(): Promise<MergedScene> {
  testBlobs();
  const database = await testDatabase("web");
  const clock = testClock();
  const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
  const journey = { database, worker: seed, runner: await enrol(seed, "r") };
  const runs = [await mergedRun(journey, "first"), await mergedRun(journey, "second")] as const;
  const personId = "per_auditor";
  return {
    ...{ database, clock, seed, runs },
    auditor: testScope({ roles: ["auditor"], actor: person(personId), clock }),
    reader: { kind: "person", personId },
    log: await sequenceLog(database),
  };
}

/** The lines of a bundle, all in memory. */
export async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const held: string[] = [];
  for await (const line of lines) held.push(line);
  return held;
}

/** What the verifier says of a bundle under the notary's own key, without witnesses. */
export async function verified(
  bundle: string | readonly string[],
  logFolder: string,
  epoch = 1,
  pins: readonly string[] = [],
): Promise<Report> {
  const vkey = (await readFile(join(logFolder, String(epoch), "vkey"), "utf8")).trim();
  const policy = parsePolicy(Buffer.from([`log ${vkey}`, "quorum none", ...pins, ""].join("\n")));
  const text = typeof bundle === "string" ? bundle : bundle.join("");
  return verifyBundle(
    (async function* () {
      yield Buffer.from(text, "utf8");
    })(),
    policy,
  );
}
