import { Readable } from "node:stream";
import { blobStore, storeBytes } from "#lib/blobs/service.ts";
import { transaction } from "#lib/db.ts";
import {
  type ComparedPatch,
  findInterdiffOrder,
  type InterdiffOrder,
  interdiffBytes,
  recordInterdiff,
} from "#lib/interdiff/service.ts";
import type { JobPayload } from "#lib/jobs/schema.ts";
import { lockRun } from "#lib/runs/run-in-tx.ts";
import type { Scope } from "#lib/scope.ts";
import { compareTrees } from "../git/compare/compare-trees.ts";
import { DEFAULT_CAPS } from "../git/intake/caps.ts";
import type { Workplace } from "../workplace.ts";

/** Compares a run's newest patch with those before it. What was compared already is left alone. */
export async function comparePatches(
  workplace: Workplace,
  scope: Scope,
  { runId }: JobPayload<"compare_patches">,
): Promise<void> {
  const order = await findInterdiffOrder(scope, runId);
  if (!order) return;
  for (const from of order.from) await compare(workplace, scope, order, from);
}

async function compare(
  { workshop, mirrorOf }: Workplace,
  scope: Scope,
  { run, to }: InterdiffOrder,
  from: ComparedPatch,
): Promise<void> {
  const side = ({ bundleBlobId, baseCommit: base, tree }: ComparedPatch) => ({
    ...{ bundle: blobStore().path(bundleBlobId), base, tree },
  });
  const compared = await compareTrees(workshop, {
    mirror: mirrorOf(run.repositoryId),
    from: side(from),
    to: side(to),
  });
  const result =
    compared.outcome === "refused"
      ? `The two attempts could not be compared: ${compared.sentence}`
      : await storeBytes(
          Readable.from([interdiffBytes(compared)]),
          DEFAULT_CAPS.diffBytes * 2,
          scope.clock.now(),
        );
  const isKept = await transaction(scope, async (tx) =>
    recordInterdiff(tx, scope, await lockRun(tx, run.id), { from: from.id, to: to.id, result }),
  );
  if (!isKept && typeof result !== "string") await blobStore().remove(result.id);
}
