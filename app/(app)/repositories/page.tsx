import { RepositoriesPage } from "#components/connected/repositories-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { listForges } from "#lib/forges/service.ts";
import { page } from "#lib/guard/page.tsx";
import { listUpstreamKeys } from "#lib/repositories/keys/service.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { loadShell } from "../load-shell.ts";
import { connect, end, endKey, label, setKey, sync } from "./actions.ts";

export default page({
  permission: "repository.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="repositories">
      <LiveRefresh />
      <RepositoriesPage
        repositories={await listRepositories(scope)}
        canAdd={may(scope, "repository.add", null)}
        label={may(scope, "repository.add", null) ? label : null}
        sync={may(scope, "repository.sync", null) ? sync : null}
        forges={await listForges(scope)}
        forge={may(scope, "repository.add", null) ? { connect, end } : null}
        upstreamKeys={await listUpstreamKeys(scope)}
        upstreamKey={may(scope, "repository.add", null) ? { set: setKey, end: endKey } : null}
      />
    </Shell>
  ),
});
