import { StopsPage } from "#components/home/stops-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { liveStops } from "#lib/stops/service.ts";
import { loadShell } from "../load-shell.ts";
import { askLift } from "./actions.ts";

export default page({
  permission: "run.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current={null}>
      <LiveRefresh />
      <StopsPage stops={await liveStops(scope)} askLift={can(scope.grants, "stop.lift") ? askLift : null} />
    </Shell>
  ),
});
