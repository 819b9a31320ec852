// Puts patches in review on the base that moved under them, where they stay the same to the byte; what is another one there goes
// back to the agent. Asked of the database each turn, so nothing is lost with a process.
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { blobStore, storeBytes } from "#lib/blobs/service.ts";
import { SECOND } from "#lib/clock.ts";
import {
  findRebaseOrder,
  handInRebased,
  listToRebase,
  type RebaseOrder,
  refuseRebase,
} from "#lib/rebases/service.ts";
import type { Scope } from "#lib/scope.ts";
import { noteFailedTry } from "#lib/tries/service.ts";
import { PATCH_REF } from "../git/bundle-header.ts";
import { PILOTHOUSE } from "../git/identity.ts";
import { DEFAULT_CAPS } from "../git/intake/caps.ts";
import { importBundle } from "../git/intake/import-bundle.ts";
import { type Rebased, rebasedTree } from "../git/publish/rebased-tree.ts";
import { rebuildCommit } from "../git/publish/rebuild-commit.ts";
import { withQuarantine } from "../git/quarantine.ts";
import type { Workplace } from "../workplace.ts";

/** One that cannot be made now keeps no other waiting; after so many tries the agent has it, as if it were another patch. */
export async function rebasePatches(workplace: Workplace, scope: Scope): Promise<void> {
  for (const runId of await listToRebase(scope)) {
    const order = await findRebaseOrder(scope, runId);
    if (!order) continue;
    await rebasePatch(workplace, scope, order).catch(async (err: unknown) => {
      workplace.logger.warn({ err, runId }, "a patch is not on its new base yet; the others are tried");
      if (await noteFailedTry(scope, runId)) await refuseRebase(scope, order, "not_made");
    });
  }
}

async function rebasePatch(workplace: Workplace, scope: Scope, order: RebaseOrder): Promise<void> {
  if (order.bundleBlobId === null) return refuseRebase(scope, order, "not_there");
  const scratch = await mkdtemp(join(workplace.workshop.scratch, "rebase-"));
  try {
    const bundlePath = join(scratch, "rebased.bundle");
    const made = await make(workplace, order, blobStore().path(order.bundleBlobId), bundlePath);
    if (made.outcome !== "made") return await refuseRebase(scope, order, made.outcome);
    const read = createReadStream(bundlePath);
    const bundle = await storeBytes(read, 2 * DEFAULT_CAPS.bundleBytes, scope.clock.now());
    await handInRebased(scope, order, { tree: made.tree, bundle });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function make(
  { workshop, mirrorOf }: Workplace,
  order: RebaseOrder,
  bundle: string,
  bundlePath: string,
): Promise<Rebased> {
  const { from, to, baseTree, tree, runId, attempt, launchedAt } = order;
  return withQuarantine(workshop, mirrorOf(order.repositoryId), async (quarantine) => {
    const expected = { ref: PATCH_REF, base: from };
    const imported = await importBundle(quarantine, { bundle, expected, caps: DEFAULT_CAPS });
    if (imported.outcome === "refused" || imported.headTree !== tree) return { outcome: "not_there" };
    const rebased = await rebasedTree(quarantine, { head: to, baseTree, tree });
    if (rebased.outcome !== "made") return rebased;
    await rebuildCommit(quarantine, {
      ...{ tree: rebased.tree, base: to, bundlePath, author: PILOTHOUSE, committer: PILOTHOUSE },
      date: Math.floor(launchedAt.getTime() / SECOND),
      message: `Patch of ${runId} on its new base, attempt ${attempt}\n`,
    });
    return rebased;
  });
}
