// What people see of forges, and what the worker reads of them.
import { read } from "../db.ts";
import { namesOf } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import type { ForgeForWork, ForgeView } from "./connections/schema.ts";
import { holdView } from "./holding/note-rules.ts";
import { selectHolds } from "./holding/store.ts";
import { listOpenPulls } from "./pulls/service.ts";
import { tokenSaid } from "./rules.ts";
import { findConnection, selectConnections } from "./store.ts";

/** As repositories are seen: by every member. */
export async function listForges(scope: Scope): Promise<ForgeView[]> {
  const { rows, holds } = await read(scope, async (db) => ({
    rows: await selectConnections(db),
    holds: await selectHolds(db),
  }));
  const pulls = await listOpenPulls(scope);
  const names = await namesOf(
    scope,
    rows.map(({ connectedBy }) => connectedBy),
  );
  return rows.map(({ connectedBy, ...row }) => ({
    ...row,
    connectedByName: names.get(connectedBy) ?? connectedBy,
    hold: holdView(
      holds.find(({ connectionId }) => connectionId === row.id),
      scope.clock.now(),
    ),
    said: tokenSaid(row.kind, row.expiresAt, scope.clock.now()),
    pulls: pulls.filter(({ repositoryId }) => repositoryId === row.repositoryId),
  }));
}

/** For the worker; null where merges go by a plain push. */
export const findForgeForWork = (scope: Scope, repositoryId: string): Promise<ForgeForWork | null> =>
  read(scope, (db) => findConnection(db, repositoryId));
