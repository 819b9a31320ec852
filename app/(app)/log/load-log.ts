// What the log's list shows, beside the entry that may be open.
import type { LogPageProps } from "#components/log/log-page.tsx";
import { can } from "#lib/authz/rules.ts";
import { getLogState } from "#lib/log/notary-status.ts";
import { listEntries, listWaiting } from "#lib/log/service.ts";
import { listPilots } from "#lib/pilots/service.ts";
import type { Scope } from "#lib/scope.ts";
import type { LogQuery } from "./query.ts";

const WAITING_ROWS = 20;

export async function loadLog(
  scope: Scope,
  { after = null, ...filter }: Omit<LogQuery, "after"> & { readonly after?: string | null | undefined },
): Promise<Omit<LogPageProps, "entry">> {
  const beginsAtNewest = after === null && Object.values(filter).every((value) => value === undefined);
  const [page, waiting, state, pilots] = await Promise.all([
    listEntries(scope, { filter, after }),
    beginsAtNewest ? listWaiting(scope) : [],
    getLogState(scope),
    listPilots(scope),
  ]);
  return {
    page,
    waiting: waiting.slice(0, WAITING_ROWS),
    filter,
    after,
    pilots,
    head: {
      state,
      maySearch: can(scope.grants, "log.search"),
      mayExport: can(scope.grants, "log.export"),
    },
  };
}
