// From intent to a moved ref. Every step can be done again: the commit is rebuilt to the same id, and a ref that
// stands at it already counts as moved. A crash is mended by the reconciler, which calls this once more.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { blobStore } from "#lib/blobs/service.ts";
import { SECOND } from "#lib/clock.ts";
import { unavailable } from "#lib/errors.ts";
import { describeMerge } from "#lib/forges/describe-merge.ts";
import { noteHostKey } from "#lib/forges/host-key-watch.ts";
import { tellOther } from "#lib/forges/past-the-gate.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import { getMerge, type MergeIntent, noteCommit, settleMerge } from "#lib/merges/service.ts";
import { findRepositoryForWork } from "#lib/repositories/service.ts";
import type { Scope } from "#lib/scope.ts";
import { stopReasonOf } from "#lib/stops/service.ts";
import { whyFrozenOf } from "#lib/tripwires/let-go-on.ts";
import type { Published } from "../forges/forge.ts";
import { openForge } from "../forges/open-forge.ts";
import { upstreamKeyFor } from "../forges/upstream-key.ts";
import { PATCH_REF } from "../git/bundle-header.ts";
import { PILOTHOUSE } from "../git/identity.ts";
import { DEFAULT_CAPS } from "../git/intake/caps.ts";
import { importBundle } from "../git/intake/import-bundle.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";
import type { Authority } from "../git/publish/authority.ts";
import { installBundle } from "../git/publish/install-bundle.ts";
import { type Rebuilt, rebuildCommit } from "../git/publish/rebuild-commit.ts";
import { requireResult } from "../git/publish/require-result.ts";
import { withQuarantine } from "../git/quarantine.ts";
import { checkSource } from "../git/source/check-source.ts";
import { credentialFor } from "../git/source/credentials.ts";
import { OtherHostKey } from "../git/ssh/ssh-git.ts";
import type { Workplace } from "../workplace.ts";
import { countedNetwork } from "./counted-network.ts";

const HELD = "An emergency stop came before the merge took place. Approve it again once that is lifted.";

export async function publishMerge(
  workplace: Workplace,
  scope: Scope,
  { mergeId }: JobPayload<"publish_merge">,
): Promise<void> {
  const merge = await getMerge(scope, mergeId);
  if (merge.state !== "intent") return;
  const scratch = await mkdtemp(join(workplace.workshop.scratch, "merge-"));
  try {
    const { commit, bundle } = await rebuild(workplace, merge, join(scratch, "merge.bundle"));
    if (merge.newCommit !== commit) await noteCommit(scope, merge, commit);
    const of = { repositoryId: merge.repositoryId, runId: merge.runId, way: "push" } as const;
    const result = await countedNetwork(scope, workplace.sources, of, (network) =>
      publish({ ...workplace, sources: network }, scope, merge, { commit, bundle: bundle.path }),
    ).catch(async (error: unknown) => {
      if (error instanceof OtherHostKey) await tellHostKey(scope, merge, error.message);
      throw error;
    });
    if (result !== null) await settle(scope, merge, result);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Null where somebody settled it meanwhile. */
async function publish(
  workplace: Workplace,
  scope: Scope,
  merge: MergeIntent,
  { commit, bundle }: { readonly commit: string; readonly bundle: string },
): Promise<Published | null> {
  const mirror = workplace.mirrorOf(merge.repositoryId);
  const { expectedOld: base, tree, message, createdAt: since } = merge;
  const url = new URL(`/runs/${merge.runId}`, workplace.env.PILOTHOUSE_URL).href;
  const text = await describeMerge(scope, merge.id, url);
  return holdMirror(mirror, async () => {
    if ((await getMerge(scope, merge.id)).state !== "intent") return null;
    await installBundle(workplace.workshop, { mirror, bundle, base, commit });
    await requireResult(mirror, { commit, tree, base, tested: merge.tested });
    const authority = await authorityOf(workplace, scope, merge);
    const forge = await openForge(workplace, scope, merge, authority);
    const { branch } = authority;
    const now = () => scope.clock.now();
    const held = async () =>
      (await stopReasonOf(scope, merge.runId)) === null ? whyFrozenOf(scope, merge.runId) : HELD;
    const order = { mergeId: merge.id, branch, base, commit, tree, message, url, since, now, held };
    return forge.publish({ ...order, ...text });
  });
}

/** The approved tree on the approved base, with our author and the trailers of the decision. */
function rebuild(workplace: Workplace, merge: MergeIntent, bundlePath: string): Promise<Rebuilt> {
  const mirror = workplace.mirrorOf(merge.repositoryId);
  return withQuarantine(workplace.workshop, mirror, async (quarantine) => {
    const bundle = blobStore().path(merge.patchBundleId);
    const expected = { ref: PATCH_REF, base: merge.expectedOld };
    const imported = await importBundle(quarantine, { bundle, expected, caps: DEFAULT_CAPS });
    if (imported.outcome === "refused" || imported.headTree !== merge.tree) {
      throw unavailable("The stored patch is not the one that was approved.");
    }
    return rebuildCommit(quarantine, {
      tree: merge.tree,
      base: merge.expectedOld,
      author: PILOTHOUSE,
      committer: PILOTHOUSE,
      date: Math.floor(merge.createdAt.getTime() / SECOND),
      message: merge.message,
      bundlePath,
    });
  });
}

/** The place whose word counts for the branch of a merge. */
export async function authorityOf(
  workplace: Workplace,
  scope: Scope,
  merge: MergeIntent,
): Promise<Authority> {
  const repository = await findRepositoryForWork(scope, merge.repositoryId);
  const mirror = workplace.mirrorOf(repository.id);
  const branch = merge.targetRef.slice("refs/heads/".length);
  if (repository.authority === "own") return { kind: "own", mirror, branch };
  const source = await checkSource(repository.source, workplace.sources);
  const credential = credentialFor(workplace.credentials, source);
  const ssh = await upstreamKeyFor(workplace, scope, repository);
  return { kind: "upstream", mirror, branch, source, network: workplace.sources, credential, ssh };
}

/** It is settled where the repository is read and its host shows a pinned key again. */
export async function tellHostKey(
  scope: Scope,
  { repositoryId }: Pick<MergeIntent, "repositoryId">,
  problem: string,
): Promise<void> {
  const { name: repositoryName } = await findRepositoryForWork(scope, repositoryId);
  await noteHostKey(scope, { repositoryId, repositoryName, problem });
}

async function settle(scope: Scope, merge: MergeIntent, result: Published): Promise<void> {
  switch (result.outcome) {
    case "moved": {
      const { commit, otherTree, otherBase = null } = result;
      if (otherTree !== null || otherBase !== null)
        await tellOther(scope, merge, { commit, otherTree, otherBase });
      return settleMerge(scope, merge.id, { outcome: "moved", commit, otherTree });
    }
    case "base_moved": {
      const gone = "The branch is gone from its repository.";
      const { actual } = result;
      return settleMerge(
        scope,
        merge.id,
        actual === null ? { outcome: "refused", reason: gone } : { outcome: "base_moved", actual },
      );
    }
    case "refused":
      return settleMerge(scope, merge.id, { outcome: "refused", reason: result.sentence });
    case "unreachable":
      if (result.otherHostKey) await tellHostKey(scope, merge, result.sentence);
      throw unavailable(result.sentence);
  }
}
