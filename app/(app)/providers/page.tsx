import { ProvidersPage } from "#components/providers/providers-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listProviders } from "#lib/providers/service.ts";
import { loadShell } from "../load-shell.ts";
import { add } from "./actions.ts";

export default page({
  permission: "provider.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="providers">
      <LiveRefresh />
      <ProvidersPage
        providers={await listProviders(scope)}
        add={may(scope, "provider.manage", null) ? { action: add } : null}
      />
    </Shell>
  ),
});
