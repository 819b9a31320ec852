// From intent to a moved ref. Every step can be done again: the commit is rebuilt to the same id, and a ref that
// stands at it already counts as moved. A crash is mended by the reconciler, which calls this once more.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { blobStore } from "#lib/blobs/service.ts";
import { SECOND } from "#lib/clock.ts";
import { unavailable } from "#lib/errors.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import { getMerge, type MergeIntent, noteCommit, settleMerge } from "#lib/merges/service.ts";
import { findRepositoryForWork } from "#lib/repositories/service.ts";
import type { Scope } from "#lib/scope.ts";
import { PATCH_REF } from "../git/bundle-header.ts";
import { hostGit } from "../git/host-git.ts";
import { PILOTHOUSE } from "../git/identity.ts";
import { DEFAULT_CAPS } from "../git/intake/caps.ts";
import { importBundle } from "../git/intake/import-bundle.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";
import { mirrorRepository } from "../git/mirror/mirror-repository.ts";
import type { Authority } from "../git/publish/authority.ts";
import { installBundle } from "../git/publish/install-bundle.ts";
import { publishCommit } from "../git/publish/publish-commit.ts";
import { type Rebuilt, rebuildCommit } from "../git/publish/rebuild-commit.ts";
import { withQuarantine } from "../git/quarantine.ts";
import { succeeded } from "../git/result.ts";
import { checkSource } from "../git/source/check-source.ts";
import { credentialFor } from "../git/source/credentials.ts";
import type { Workplace } from "../workplace.ts";
import { countedNetwork } from "./counted-network.ts";

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
    );
    await settle(scope, merge, commit, result);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function publish(
  workplace: Workplace,
  scope: Scope,
  merge: MergeIntent,
  { commit, bundle }: { readonly commit: string; readonly bundle: string },
): Promise<Published> {
  const mirror = workplace.mirrorOf(merge.repositoryId);
  const base = merge.expectedOld;
  const { authority, result } = await holdMirror(mirror, async () => {
    await installBundle(workplace.workshop, { mirror, bundle, base, commit });
    const authority = await authorityOf(workplace, scope, merge);
    return { authority, result: await publishCommit(workplace.workshop, { authority, base, commit }) };
  });
  const passed =
    result.outcome === "base_moved" && (await isBelow(workplace, authority, commit, result.actual));
  return passed ? { outcome: "moved" } : result;
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

async function authorityOf(workplace: Workplace, scope: Scope, merge: MergeIntent): Promise<Authority> {
  const repository = await findRepositoryForWork(scope, merge.repositoryId);
  const mirror = workplace.mirrorOf(repository.id);
  const branch = merge.targetRef.slice("refs/heads/".length);
  if (repository.authority === "own") return { kind: "own", mirror, branch };
  const source = await checkSource(repository.source, workplace.sources);
  const credential = credentialFor(workplace.credentials, source);
  return { kind: "upstream", mirror, branch, source, network: workplace.sources, credential };
}

/** Others may have gone on from our commit before its move was written down: then it moved, once. */
async function isBelow(
  workplace: Workplace,
  authority: Authority,
  commit: string,
  actual: string | null,
): Promise<boolean> {
  if (actual === null) return false;
  const { mirror, branch } = authority;
  if (authority.kind === "upstream") {
    const { source, network } = authority;
    const fetched = await mirrorRepository(workplace.workshop, { source, network, mirror, branch });
    if (fetched.outcome === "unreachable") throw unavailable(fetched.sentence);
  }
  const args = ["merge-base", "--is-ancestor", commit, actual];
  return succeeded(await hostGit({ gitDir: mirror, args }));
}

type Published = Awaited<ReturnType<typeof publishCommit>>;

async function settle(scope: Scope, merge: MergeIntent, commit: string, result: Published): Promise<void> {
  switch (result.outcome) {
    case "moved":
      return settleMerge(scope, merge.id, { outcome: "moved", commit });
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
      throw unavailable(result.sentence);
  }
}
