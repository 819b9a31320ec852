import { DeliveriesPage, type Shown } from "#components/deliveries/deliveries-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { DeliveriesQuery } from "#lib/deliveries/views/schema.ts";
import {
  listDeployments,
  listEnvironments,
  listFetches,
  listImports,
  listIncidents,
  listPagers,
} from "#lib/deliveries/views/service.ts";
import { listForges } from "#lib/forges/service.ts";
import { page } from "#lib/guard/page.tsx";
import { publicOrigin } from "#lib/guard/public-host.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import type { Scope } from "#lib/scope.ts";
import { loadShell } from "../load-shell.ts";
import { ask, connectPager, endPager, link, preview, take } from "./actions.ts";

async function shownOf(scope: Scope, query: DeliveriesQuery): Promise<Shown> {
  switch (query.tab) {
    case "incidents":
      return {
        ...{ tab: "incidents", list: await listIncidents(scope, query) },
        pagers: await listPagers(scope),
      };
    case "imports":
      return { tab: "imports", list: await listImports(scope, query), fetches: await listFetches(scope) };
    default:
      return { tab: "deployments", list: await listDeployments(scope, query) };
  }
}

export default page({
  permission: "kpi.view",
  query: DeliveriesQuery,
  handler: async ({ scope, session, query }) => {
    const repositories = await listRepositories(scope);
    const forges = new Set((await listForges(scope)).map(({ repositoryId }) => repositoryId));
    return (
      <Shell data={await loadShell(scope, session)} current="deliveries">
        {query.after === undefined ? <LiveRefresh /> : null}
        <DeliveriesPage
          shown={await shownOf(scope, query)}
          query={query}
          origin={publicOrigin()}
          repositories={repositories.map(({ id, name }) => ({ id, name }))}
          connected={repositories.filter(({ id }) => forges.has(id)).map(({ id, name }) => ({ id, name }))}
          environments={await listEnvironments(scope)}
          actions={
            may(scope, "delivery.record", null) ? { link, ask, connectPager, endPager, preview, take } : null
          }
        />
      </Shell>
    );
  },
});
