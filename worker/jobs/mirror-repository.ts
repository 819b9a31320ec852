import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { baseBundlePath } from "#lib/blobs/service.ts";
import { AppError } from "#lib/errors.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import type { MirrorReport } from "#lib/repositories/schema.ts";
import { findRepositoryForWork, recordBaseBundle, recordMirror } from "#lib/repositories/service.ts";
import { rebaseStale } from "#lib/runs/rebase-runs.ts";
import type { Scope } from "#lib/scope.ts";
import { writeBaseBundle } from "../git/mirror/base-bundle.ts";
import { mirrorRepository as fetchMirror } from "../git/mirror/mirror-repository.ts";
import { readAuthority, startOwnBranch } from "../git/publish/authority.ts";
import { checkSource } from "../git/source/check-source.ts";
import type { Workplace } from "../workplace.ts";

type Repository = Awaited<ReturnType<typeof findRepositoryForWork>>;

/** Fetches the repository, writes down what was found, and makes the bundle runs on its head start from. */
export async function mirrorRepository(
  workplace: Workplace,
  scope: Scope,
  { repositoryId }: JobPayload<"mirror_repository">,
): Promise<void> {
  const repository = await findRepositoryForWork(scope, repositoryId);
  const report = await look(workplace, repository);
  if (report.outcome === "mirrored") await ensureBaseBundle(workplace, scope, repositoryId, report.head);
  await recordMirror(scope, repositoryId, report);
  if (report.outcome === "mirrored") await rebaseStale(scope, repositoryId, report.head);
}

async function look(
  workplace: Workplace,
  { id, source, branch, authority }: Repository,
): Promise<MirrorReport> {
  try {
    const mirror = workplace.mirrorOf(id);
    const checked = await checkSource(source, workplace.sources);
    const result = await fetchMirror(workplace.workshop, {
      source: checked,
      mirror,
      branch,
      network: workplace.sources,
    });
    if (result.outcome !== "mirrored" || authority === "upstream") return result;
    const own = { kind: "own", mirror, branch: result.branch } as const;
    await startOwnBranch(own, result.head);
    const standing = await readAuthority(workplace.workshop, own);
    return standing.outcome === "at" && standing.commit !== null
      ? { ...result, head: standing.commit }
      : result;
  } catch (error) {
    if (error instanceof AppError && error.code === "refused")
      return { outcome: "refused", sentence: error.message };
    if (error instanceof AppError && error.code === "unavailable")
      return { outcome: "unreachable", sentence: error.message };
    throw error;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function ensureBaseBundle(
  workplace: Workplace,
  scope: Scope,
  repositoryId: string,
  commit: string,
): Promise<void> {
  const path = baseBundlePath(repositoryId, commit);
  await mkdir(dirname(path), { recursive: true, mode: 0o2770 });
  if (!existsSync(path)) {
    const draft = `${path}.${process.pid}`;
    await rm(draft, { force: true });
    await writeBaseBundle(workplace.mirrorOf(repositoryId), commit, draft);
    await chmod(draft, 0o640);
    await rename(draft, path);
  }
  const { size } = await stat(path);
  await recordBaseBundle(scope, { repositoryId, commit, sha256: await sha256Of(path), size });
}
