// A pager is connected with the secret that it signs its calls with, sealed as other secrets of the web process are.
import { authSettings } from "../../auth/settings.ts";
import { requirePermission } from "../../authz/require.ts";
import { transaction } from "../../db.ts";
import { notFound } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { actorId, type Scope } from "../../scope.ts";
import { type Kept as KeptHere, sealHere } from "../../sealing/kept-here.ts";
import type { ConnectPager, EndPager } from "./schema.ts";
import { endPagerRow, insertPager } from "./store.ts";

/** Where what a pager signs its calls with is kept. */
export const keptPager = (pagerId: string): KeptHere => ({ purpose: "pager hook", place: pagerId });

/** The id of the connection, which its address ends with. */
export async function connectPager(
  scope: Scope,
  { repositoryId, about, secret }: ConnectPager,
): Promise<string> {
  requirePermission(scope, "delivery.record", null);
  const id = newId("pager", scope.clock.now());
  const hookSecret = new Uint8Array(sealHere(authSettings().secret, keptPager(id), secret));
  await transaction(scope, async (tx) => {
    if (!(await tx.db.repository.findUnique({ where: { id: repositoryId }, select: { id: true } })))
      throw notFound("repository");
    const connectedAt = new Date(scope.clock.now());
    await insertPager(tx.db, {
      ...{ id, repositoryId, about, hookSecret, connectedBy: actorId(scope.actor), connectedAt },
    });
    tx.record({
      kind: "repository.pager_connected",
      about: [`repository:${repositoryId}`],
      detail: { pager: id, kind: "pagerduty", about },
    });
  });
  return id;
}

export async function endPager(scope: Scope, { pagerId }: EndPager): Promise<void> {
  requirePermission(scope, "delivery.record", null);
  await transaction(scope, async (tx) => {
    const repositoryId = await endPagerRow(tx.db, pagerId, new Date(scope.clock.now()));
    if (repositoryId === null) throw notFound("pager");
    const about = [`repository:${repositoryId}`] as const;
    tx.record({ kind: "repository.pager_ended", about, detail: { pager: pagerId } });
  });
}
