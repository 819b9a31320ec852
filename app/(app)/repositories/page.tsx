import { RepositoriesPage } from "#components/connected/repositories-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listRepositories } from "#lib/repositories/service.ts";
import { loadShell } from "../load-shell.ts";
import { sync } from "./actions.ts";

export default page({
  permission: "repository.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="repositories">
      <LiveRefresh />
      <RepositoriesPage
        repositories={await listRepositories(scope)}
        canAdd={may(scope, "repository.add", null)}
        sync={may(scope, "repository.sync", null) ? sync : null}
      />
    </Shell>
  ),
});
