// Makes the patches of runs that undo a merge. What comes of it goes the way of every patch: it is taken in, judged,
// verified and decided on. Asked of the database each turn, so nothing is lost with a process.
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { storeBytes } from "#lib/blobs/service.ts";
import { SECOND } from "#lib/clock.ts";
import {
  findRevertOrder,
  handInRevert,
  listToBuild,
  type RevertOrder,
  refuseRevert,
} from "#lib/reverts/service.ts";
import type { Scope } from "#lib/scope.ts";
import { noteFailedTry } from "#lib/tries/service.ts";
import { PILOTHOUSE } from "../git/identity.ts";
import { DEFAULT_CAPS } from "../git/intake/caps.ts";
import { inverseTree } from "../git/publish/inverse-tree.ts";
import { rebuildCommit } from "../git/publish/rebuild-commit.ts";
import { withQuarantine } from "../git/quarantine.ts";
import type { Workplace } from "../workplace.ts";

/** One that cannot be made now keeps no other waiting; after so many tries its run ends with a finding. */
export async function buildReverts(workplace: Workplace, scope: Scope): Promise<void> {
  for (const runId of await listToBuild(scope)) {
    const order = await findRevertOrder(scope, runId);
    if (!order) continue;
    await buildRevert(workplace, scope, order).catch(async (err: unknown) => {
      workplace.logger.warn({ err, runId }, "a revert is not made yet; the others are tried");
      if (await noteFailedTry(scope, runId)) await refuseRevert(scope, order, "not_made", []);
    });
  }
}

async function buildRevert(workplace: Workplace, scope: Scope, order: RevertOrder): Promise<void> {
  const scratch = await mkdtemp(join(workplace.workshop.scratch, "revert-"));
  try {
    await build(workplace, scope, order, join(scratch, "revert.bundle"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function build(
  workplace: Workplace,
  scope: Scope,
  order: RevertOrder,
  bundlePath: string,
): Promise<void> {
  const mirror = workplace.mirrorOf(order.repositoryId);
  const made = await withQuarantine(workplace.workshop, mirror, async (quarantine) => {
    const inverse = await inverseTree(quarantine, order);
    if (inverse.outcome !== "made") return inverse;
    await rebuildCommit(quarantine, {
      ...{ tree: inverse.tree, base: order.head, bundlePath },
      ...{ author: PILOTHOUSE, committer: PILOTHOUSE },
      date: Math.floor(order.launchedAt.getTime() / SECOND),
      message: `Revert of ${order.commit} by ${order.runId}, attempt ${order.attempt}\n`,
    });
    return inverse;
  });
  if (made.outcome !== "made")
    return refuseRevert(scope, order, made.outcome, made.outcome === "conflict" ? made.paths : []);
  const bundle = await storeBytes(
    createReadStream(bundlePath),
    2 * DEFAULT_CAPS.bundleBytes,
    scope.clock.now(),
  );
  await handInRevert(scope, order, { tree: made.tree, bundle });
}
