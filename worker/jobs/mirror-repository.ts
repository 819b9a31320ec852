import { chmod, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { baseBundlePath } from "#lib/blobs/service.ts";
import { read } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { noteHostKey } from "#lib/forges/host-key-watch.ts";
import { lookPastTheGate } from "#lib/forges/past-the-gate.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import type { MirrorReport } from "#lib/repositories/schema.ts";
import {
  findBaseBundle,
  findRepositoryForWork,
  isReleased,
  recordBaseBundle,
  recordMirror,
} from "#lib/repositories/service.ts";
import { basesInUse, rebaseStale, rebaseWaiting } from "#lib/runs/rebase-runs.ts";
import type { Scope } from "#lib/scope.ts";
import { withFetchCredential } from "../forges/fetch-credential.ts";
import { upstreamKeyFor } from "../forges/upstream-key.ts";
import { writeBaseBundle } from "../git/mirror/base-bundle.ts";
import { commitsSince } from "../git/mirror/commits-since.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";
import { mirrorRepository as fetchMirror } from "../git/mirror/mirror-repository.ts";
import { hasCommit } from "../git/mirror/open-mirror.ts";
import { readAuthority, startOwnBranch } from "../git/publish/authority.ts";
import { checkSource, type SourcePolicy } from "../git/source/check-source.ts";
import { OtherHostKey } from "../git/ssh/ssh-git.ts";
import type { Workplace } from "../workplace.ts";
import { countedNetwork } from "./counted-network.ts";

type Repository = Awaited<ReturnType<typeof findRepositoryForWork>>;

/** Fetches the repository, writes down what was found, and makes the bundle runs on its head start from. */
export async function mirrorRepository(
  workplace: Workplace,
  scope: Scope,
  { repositoryId }: JobPayload<"mirror_repository">,
): Promise<void> {
  const repository = await findRepositoryForWork(scope, repositoryId);
  const of = { repositoryId, runId: null, way: "fetch" } as const;
  // Asked while nobody else holds it: who deletes a mirror says so first, and what waited for it fetches none again.
  const report = await holdMirror(workplace.mirrorOf(repositoryId), async () =>
    (await isReleased(scope, repositoryId))
      ? null
      : countedNetwork(scope, workplace.sources, of, (network) =>
          look(workplace, scope, network, repository),
        ),
  );
  if (report === null) return;
  if (report.outcome === "mirrored") {
    await ensureBaseBundle(workplace, scope, repositoryId, report.head);
    await lookSince(workplace, scope, repository, report.head);
  }
  if (!(await recordMirror(scope, repositoryId, report, repository.headCommit))) return;
  if (report.outcome !== "mirrored") return;
  await mendOtherBases(workplace, scope, repositoryId, report.head);
  await rebaseStale(scope, repositoryId, report.head);
}

/** Before the head is written down, so that a crash in between looks at the same again. */
async function lookSince(
  workplace: Workplace,
  scope: Scope,
  { id, headCommit: before }: Repository,
  head: string,
): Promise<void> {
  if (before === null || before === head) return;
  const commits = await commitsSince(workplace.mirrorOf(id), before, head);
  await lookPastTheGate(scope, id, commits);
}

/** Runs that started from an earlier head keep their bundle; one whose commit the source dropped starts anew. */
async function mendOtherBases(
  workplace: Workplace,
  scope: Scope,
  repositoryId: string,
  head: string,
): Promise<void> {
  const gone: string[] = [];
  for (const base of await basesInUse(scope, repositoryId)) {
    if (base === head) continue;
    if (await hasCommit(workplace.mirrorOf(repositoryId), base))
      await ensureBaseBundle(workplace, scope, repositoryId, base);
    else gone.push(base);
  }
  if (gone.length > 0) await rebaseWaiting(scope, repositoryId, gone, head);
}

async function look(
  workplace: Workplace,
  scope: Scope,
  network: SourcePolicy,
  repository: Repository,
): Promise<MirrorReport> {
  const { id, name, source, sourceKind, branch, authority } = repository;
  const hostShows = async (problem: string | null) => {
    if (sourceKind === "ssh") await noteHostKey(scope, { repositoryId: id, repositoryName: name, problem });
  };
  try {
    const mirror = workplace.mirrorOf(id);
    const checked = await checkSource(source, network);
    const ssh = await upstreamKeyFor(workplace, scope, repository);
    const of = { repositoryId: id, source: checked };
    const result = await withFetchCredential(workplace, scope, of, async ({ credential, problem }) => {
      const order = { source: checked, mirror, branch, network, credential, ssh };
      const fetched = await fetchMirror(workplace.workshop, order);
      if (fetched.outcome !== "unreachable" || problem === null) return fetched;
      return { ...fetched, sentence: `${problem} ${fetched.sentence}` };
    });
    if (result.outcome !== "unreachable") await hostShows(null);
    if (result.outcome !== "mirrored" || authority === "upstream") return result;
    const own = { kind: "own", mirror, branch: result.branch } as const;
    await startOwnBranch(own, result.head);
    const standing = await readAuthority(workplace.workshop, own);
    return standing.outcome === "at" && standing.commit !== null
      ? { ...result, head: standing.commit }
      : result;
  } catch (error) {
    if (error instanceof OtherHostKey) await hostShows(error.message);
    if (error instanceof AppError && error.code === "refused")
      return { outcome: "refused", sentence: error.message };
    if (error instanceof AppError && error.code === "unavailable")
      return { outcome: "unreachable", sentence: error.message };
    throw error;
  }
}

/** Bytes of a file, or null where there is none. */
async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return found?.size ?? null;
}

async function ensureBaseBundle(
  workplace: Workplace,
  scope: Scope,
  repositoryId: string,
  commit: string,
): Promise<void> {
  const path = baseBundlePath(repositoryId, commit);
  const known = await read(scope, (db) => findBaseBundle(db, repositoryId, commit));
  if (known && (await sizeOf(path)) === known.size) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o2770 });
  const draft = `${path}.${process.pid}`;
  await rm(draft, { force: true });
  const { bytes, sha256 } = await writeBaseBundle(workplace.mirrorOf(repositoryId), commit, draft);
  await chmod(draft, 0o640);
  await rename(draft, path);
  await recordBaseBundle(scope, { repositoryId, commit, sha256, size: bytes });
}
