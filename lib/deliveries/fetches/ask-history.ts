// Somebody asks what a repository's forge knows of a range of days; the worker goes through it, page by page.
import { requirePermission } from "../../authz/require.ts";
import { DAY } from "../../clock.ts";
import { type Tx, transaction } from "../../db.ts";
import { notFound, refused } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { actorId, type Scope } from "../../scope.ts";
import type { AskHistory } from "./schema.ts";
import { insertFetch, isFetching } from "./store.ts";

const WORDS = { deployment: "deployments", outside_change: "pull requests", outside_ci_run: "workflow runs" };

async function requireForge(tx: Tx, repositoryId: string): Promise<void> {
  const repository = await tx.db.repository.findUnique({
    where: { id: repositoryId },
    select: { name: true },
  });
  if (!repository) throw notFound("repository");
  const forge = await tx.db.forgeConnection.findFirst({
    where: { repositoryId, endedAt: null },
    select: { id: true },
  });
  if (!forge)
    throw refused(
      `${repository.name} is not connected to GitHub. Connect it on the page of repositories first.`,
    );
}

export async function askHistory(scope: Scope, { repositoryId, kinds, from, to }: AskHistory): Promise<void> {
  requirePermission(scope, "delivery.record", null);
  await transaction(scope, async (tx) => {
    await requireForge(tx, repositoryId);
    for (const kind of kinds) {
      if (await isFetching(tx.db, repositoryId, kind))
        throw refused(`Its ${WORDS[kind]} are being fetched already. Wait until that is done.`);
      const asked = new Date(scope.clock.now());
      const until = new Date(to.getTime() + DAY);
      const id = newId("fetch", scope.clock.now());
      const askedBy = actorId(scope.actor);
      await insertFetch(tx.db, { id, repositoryId, kind, since: from, until, askedBy, askedAt: asked });
      tx.record({
        kind: "repository.history_asked",
        about: [`repository:${repositoryId}`],
        detail: { fetch: id, rows: kind, since: from.getTime(), until: until.getTime() },
      });
    }
  });
}
