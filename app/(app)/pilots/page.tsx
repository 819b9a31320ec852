import { PilotsPage } from "#components/pilots/pilots-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { loadShell } from "../load-shell.ts";

export default page({
  permission: "pilot.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="pilots">
      <LiveRefresh />
      <PilotsPage pilots={await listPilots(scope)} canCreate={may(scope, "pilot.create", null)} />
    </Shell>
  ),
});
