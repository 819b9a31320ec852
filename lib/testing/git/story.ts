// A real repository and a run on it as far as the review: mirrored by the worker's job, an agent's bundle taken in by
// jailed git, verified; only the tests themselves are told, not run.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { baseBundlePath } from "#lib/blobs/service.ts";
import { listGatesOf } from "#lib/gates/service.ts";
import { finishLease, markPrepared } from "#lib/leases/service.ts";
import { takeBundle } from "#lib/leases/transfers.ts";
import { createLogger } from "#lib/logger.ts";
import type { Assignment } from "#lib/protocol/schema.ts";
import type { Authority } from "#lib/repositories/schema.ts";
import { addRepository } from "#lib/repositories/service.ts";
import type { Scope } from "#lib/scope.ts";
import { BASE_REF } from "#worker/git/bundle-header.ts";
import { importPatch } from "#worker/jobs/import-patch.ts";
import { mirrorRepository } from "#worker/jobs/mirror-repository.ts";
import type { Workplace } from "#worker/workplace.ts";
import type { TestDatabase } from "../database.ts";
import { asProcess, leaseOf, SUMMARY, seen } from "../journey.ts";
import { commitFiles, createRepository, type FileTree, makeBundle, playGit } from "./author.ts";
import type { TestWorkshop } from "./workshop.ts";

/** The worker's place, with its sandbox; every folder of the workshop may be a source. */
export function testWorkplace(workshop: TestWorkshop, blobs: string): Workplace {
  const mirrors = workshop.fresh("mirrors");
  const root = workshop.fresh("").replace(/\/[^/]*$/, "");
  const sources = { allowedRoots: [root], allowedHosts: [] };
  return {
    env: {
      ...{ DATABASE_URL: process.env.DATABASE_URL ?? "", PILOTHOUSE_DATA: root, PILOTHOUSE_BLOBS: blobs },
      ...{ PILOTHOUSE_NOTICE_HOSTS: [], PILOTHOUSE_URL: "http://localhost", PILOTHOUSE_MIRRORS: mirrors },
      ...{ PILOTHOUSE_ALLOWED_ROOTS: sources.allowedRoots, PILOTHOUSE_ALLOWED_HOSTS: [] },
    },
    logger: createLogger("test"),
    workshop,
    sources,
    credentials: new Map(),
    mirrorOf: (repositoryId) => `${mirrors}/${repositoryId}.git`,
  };
}

export interface Story {
  readonly database: TestDatabase;
  readonly workshop: TestWorkshop;
  readonly workplace: Workplace;
  /** The installation; also the worker's scope. */
  readonly seed: Scope;
  readonly runner: Scope;
}

/** The worker looks at the repository, with its own role. */
export const look = ({ database, workplace, seed }: Story, repositoryId: string): Promise<void> =>
  asProcess(database, "worker", () => mirrorRepository(workplace, seed, { repositoryId }));

export interface Source {
  readonly repositoryId: string;
  /** Bare, as an upstream that is pushed to is. */
  readonly path: string;
  /** A clone somebody works in. */
  readonly work: string;
  readonly base: string;
}

export async function openSource(story: Story, authority: Authority, files: FileTree): Promise<Source> {
  const { workshop, seed } = story;
  const { path: work, head: base } = createRepository(workshop.fresh("work"), files);
  const path = workshop.fresh("upstream.git");
  playGit("/", ["clone", "--quiet", "--bare", work, path]);
  playGit(work, ["remote", "add", "origin", path]);
  const name = `repository-${path.replaceAll(/[^a-z0-9]/g, "-").slice(-30)}`;
  const { repositoryId } = await addRepository(seed, { name, source: path, authority });
  await look(story, repositoryId);
  return { repositoryId, path, work, base };
}

/** Somebody else's commit on the upstream's branch. Returns its id. */
export function pushOn({ work }: Source, files: FileTree): string {
  playGit(work, ["fetch", "--quiet", "origin"]);
  playGit(work, ["checkout", "--quiet", "--force", "-B", "main", "origin/main"]);
  const head = commitFiles(work, files, "Somebody else's work");
  playGit(work, ["push", "--quiet", "origin", "main"]);
  return head;
}

/** The agent's work: a commit on the base, handed in as a bundle. Returns the agent's own commit. */
export async function propose(
  { workshop, runner }: Story,
  source: Source,
  lease: Assignment,
  files: FileTree,
  earlier: readonly FileTree[] = [],
): Promise<string> {
  const clone = workshop.fresh("agent");
  createRepository(clone, {});
  playGit(clone, ["fetch", "--quiet", baseBundlePath(source.repositoryId, lease.baseCommit), BASE_REF]);
  playGit(clone, ["checkout", "--quiet", "--detach", "FETCH_HEAD"]);
  for (const each of earlier) commitFiles(clone, each, "An earlier commit of the agent's");
  const head = commitFiles(clone, files, "The agent's own words");
  const bundle = makeBundle(clone, workshop.fresh("patch.bundle"), lease.baseCommit, head);
  await markPrepared(runner, lease.leaseId, lease.attempt);
  const upload = Readable.toWeb(Readable.from([readFileSync(bundle)])) as ReadableStream<Uint8Array>;
  const { blobId } = await takeBundle(runner, lease.leaseId, lease.attempt, upload);
  const { attempt } = lease;
  await finishLease(runner, lease.leaseId, {
    outcome: "patch",
    attempt,
    bundleBlobId: blobId,
    summary: SUMMARY,
  });
  return head;
}

export interface Proposed {
  readonly agentCommit: string;
  readonly gateId: string;
  readonly digest: string;
}

/** From the queue into review with green evidence. */
export async function reviewOf(
  story: Story,
  source: Source,
  runId: string,
  files: FileTree,
): Promise<Proposed> {
  const { database, workplace, seed, runner } = story;
  const lease = await leaseOf(runner, runId, "agent");
  const agentCommit = await propose(story, source, lease, files);
  await asProcess(database, "worker", () => importPatch(workplace, seed, { runId, attempt: lease.attempt }));
  const verify = await leaseOf(runner, runId, "verify");
  if (verify.phase !== "verify") throw new Error("not a verification");
  const { observations, ...finish } = seen(verify);
  await finishLease(runner, verify.leaseId, {
    ...finish,
    observations: observations.map((each) =>
      each.tree === "base_on_base" ? each : { ...each, commit: verify.patchCommit },
    ),
  });
  const gate = (await listGatesOf(seed, runId)).find(({ status }) => status === "open");
  if (!gate) throw new Error("no merge gate was opened");
  return { agentCommit, gateId: gate.id, digest: gate.digest };
}
