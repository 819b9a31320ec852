import { StopsPage } from "#components/home/stops-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import { listDrills } from "#lib/drills/service.ts";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { listReaches } from "#lib/stop-times/service.ts";
import { liveStops } from "#lib/stops/service.ts";
import { loadShell } from "../load-shell.ts";
import { askLift, practise } from "./actions.ts";

export default page({
  permission: "run.view",
  handler: async ({ scope, session }) => {
    const pilots = (await listPilots(scope)).filter(
      ({ id, status }) => status === "active" && may(scope, "drill.start", id),
    );
    return (
      <Shell data={await loadShell(scope, session)} current={null}>
        <LiveRefresh />
        <StopsPage
          stops={await liveStops(scope)}
          askLift={can(scope.grants, "stop.lift") ? askLift : null}
          reached={(await listReaches(scope)).filter(({ stopId }) => stopId !== null)}
          drills={{ drills: await listDrills(scope), pilots, start: practise }}
        />
      </Shell>
    );
  },
});
