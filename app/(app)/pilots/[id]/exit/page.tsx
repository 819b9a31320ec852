import { ExitPage } from "#components/exit/exit-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
import { getClosing } from "#lib/closings/service.ts";
import { countOpenFindings, proposedLimits } from "#lib/exit-reviews/next-charter.ts";
import { getExit } from "#lib/exit-reviews/service.ts";
import { page } from "#lib/guard/page.tsx";
import { getPilot } from "#lib/pilots/service.ts";
import { loadShell } from "../../../load-shell.ts";
import { ask, draftNext, state, upload } from "./actions.ts";

export default page({
  permission: "kpi.view",
  pilot: ({ id = "" }) => id,
  handler: async ({ scope, session, params: { id = "" } }) => {
    const pilot = await getPilot(scope, id);
    const exit = await getExit(scope, id);
    const newest = (exit.confirmation ?? exit.review)?.document ?? null;
    const isOpen = pilot.status === "active" || pilot.status === "paused";
    const reports = can(scope.grants, "exit.report", id);
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: pilot.name, href: `/pilots/${id}` },
          { title: "Exit", href: `/pilots/${id}/exit` },
        ]}
      >
        <LiveRefresh />
        <ExitPage
          pilotId={id}
          pilotName={pilot.name}
          timeZone={pilot.timeZone}
          exit={exit}
          closing={await getClosing(scope, id)}
          limits={proposedLimits(pilot.charter.charter, newest)}
          findings={await countOpenFindings(scope, id)}
          ask={isOpen && exit.review && can(scope.grants, "pilot.amend", id) ? ask : null}
          report={reports && exit.cannotReport === null && pilot.activatedAt ? { upload, state } : null}
          draftNext={can(scope.grants, "pilot.create") ? draftNext : null}
          mayTakeKit={reports}
          mayTakeLog={can(scope.grants, "log.export", id)}
        />
      </Shell>
    );
  },
});
