import { RunnersPage } from "#components/connected/runners-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listRunners } from "#lib/runners/service.ts";
import { loadShell } from "../load-shell.ts";
import { enrol, revoke } from "./actions.ts";

export default page({
  permission: "runner.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="runners">
      <LiveRefresh />
      <RunnersPage
        runners={await listRunners(scope)}
        enrol={may(scope, "runner.enrol", null) ? { action: enrol } : null}
        revoke={may(scope, "runner.revoke", null) ? revoke : null}
      />
    </Shell>
  ),
});
