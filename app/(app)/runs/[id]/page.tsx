import { z } from "zod";
import { PullRequests } from "#components/connected/pull-requests.tsx";
import { Attention } from "#components/minutes/attention.tsx";
import { RunPage } from "#components/run/run-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
import { findClaims } from "#lib/claims/service.ts";
import { findDrift } from "#lib/drift/service.ts";
import { lastEvent } from "#lib/events/service.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { listPullsOfRun } from "#lib/forges/pulls/service.ts";
import { page } from "#lib/guard/page.tsx";
import { countAbout } from "#lib/log/service.ts";
import { getCharter } from "#lib/pilots/service.ts";
import { getRun, listLeases } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { listShownEvents } from "#lib/timeline/service.ts";
import { loadShell } from "../../load-shell.ts";
import { answer } from "../../settings/minutes/actions.ts";
import { loadAftermath } from "./load-aftermath.tsx";
import { loadSteering } from "./load-steering.ts";

/** More than this and the page opens with its first events; the stream brings the rest. */
const FIRST_EVENTS = 2000;
const MICROS_A_CENT = 10_000;

export default page({
  permission: "run.view",
  query: z.object({ tab: z.enum(["timeline", "state"]).catch("timeline") }),
  handler: async ({ scope, session, params: { id = "" }, query }) => {
    const run = await maskValue(await getRun(scope, id));
    const [events, last, leases, drift, claims, charter, shell] = await Promise.all([
      listShownEvents(scope, id, 0, FIRST_EVENTS),
      lastEvent(scope, id),
      listLeases(scope, id).then((leases) => maskValue(leases)),
      findDrift(scope, id),
      findClaims(scope, id).then((found) => maskValue(found)),
      getCharter(scope, run.charterId),
      loadShell(scope, session, { run }),
    ]);
    return (
      <Shell
        data={shell}
        current="runs"
        pilot={run.pilotId}
        crumbs={[
          { title: "Runs", href: "/runs" },
          { title: run.id, href: `/runs/${run.id}`, mono: true },
        ]}
        rail
      >
        {/* What a forge does is no event of the run. */}
        {run.status === "merging" ? <LiveRefresh /> : null}
        <Attention runId={run.id} purpose="run" answer={answer} />
        <RunPage
          run={run}
          events={events}
          last={last}
          tab={query.tab}
          {...(await loadSteering(scope, run, charter.charter))}
          aftermath={await loadAftermath(scope, run)}
          mayHandIn={charter.charter.environment.artefactPaths.length > 0}
          leases={leases}
          drift={drift}
          claims={claims}
          findings={await listFindingsOfRun(scope, id)}
          pulls={<PullRequests pulls={await maskValue(await listPullsOfRun(scope, id))} />}
          maxMinutes={charter.charter.controls.maxRunMinutes}
          tierMissing={leases.at(-1)?.tier === "weak" ? ["some limits"] : []}
          budgetMicros={charter.charter.controls.budgetRunCents * MICROS_A_CENT}
          logEntries={can(scope.grants, "log.view") ? await countAbout(scope, `run:${run.id}`) : null}
        />
      </Shell>
    );
  },
});
