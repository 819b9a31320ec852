import { RunnersPage } from "#components/connected/runners-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
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
        enrol={can(scope.grants, "runner.enrol") ? { action: enrol } : null}
        revoke={can(scope.grants, "runner.revoke") ? revoke : null}
      />
    </Shell>
  ),
});
