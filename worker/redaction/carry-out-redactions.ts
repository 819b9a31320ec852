// Orders to take payloads away, carried out. Files and git objects go first, rows with the last entry at the end: an
// order that was broken off anywhere is begun again, and what is gone already is fine.
import { blobStore } from "#lib/blobs/service.ts";
import {
  findWork,
  finishRedaction,
  listUnfinished,
  takeEvents,
  unlessHeld,
} from "#lib/redactions/carry-out.ts";
import { basesInUse } from "#lib/runs/rebase-runs.ts";
import type { Scope } from "#lib/scope.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";
import type { Workplace } from "../workplace.ts";
import { pruneCommits } from "./prune-commits.ts";

type Place = Pick<Workplace, "mirrorOf">;

export async function carryOutRedaction(place: Place, scope: Scope, redactionId: string): Promise<void> {
  const work = await findWork(scope, redactionId);
  if (!work) return;
  await takeEvents(scope, work);
  for (const blob of work.blobs) await unlessHeld(scope, work, () => blobStore().remove(blob));
  if (work.commits.length > 0) {
    const mirror = place.mirrorOf(work.repositoryId);
    await holdMirror(mirror, async () => {
      const keep = await basesInUse(scope, work.repositoryId);
      // Longer than a transaction may be: a hold set while it runs no longer stops it.
      await unlessHeld(scope, work, async () => undefined);
      await pruneCommits({ mirror, commits: work.commits, keep });
    });
  }
  await finishRedaction(scope, work);
}

/** By the clock: everything that was ordered and is not finished. One that fails keeps no other waiting. */
export async function carryOutRedactions(
  workplace: Place & Pick<Workplace, "logger">,
  scope: Scope,
): Promise<void> {
  for (const redactionId of await listUnfinished(scope)) {
    await carryOutRedaction(workplace, scope, redactionId).catch((err: unknown) =>
      workplace.logger.error({ err, redactionId }, "a redaction is not finished yet; it is tried again"),
    );
  }
}
