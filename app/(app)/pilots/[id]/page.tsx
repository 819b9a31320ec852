import { z } from "zod";
import { PilotActions } from "#components/pilots/pilot-actions.tsx";
import { PilotPage } from "#components/pilots/pilot-page.tsx";
import { Proposal } from "#components/pilots/proposal.tsx";
import { RefusedLaunches } from "#components/pilots/refused-launches.tsx";
import { RetentionPanel } from "#components/redaction/retention-panel.tsx";
import { Unreviewed } from "#components/releases/unreviewed.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { Nearest } from "#components/tripwires/nearest.tsx";
import { WirePanel } from "#components/tripwires/wire-panel.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { can } from "#lib/authz/rules.ts";
import { listUnreviewed } from "#lib/break-glass/service.ts";
import { listGateRoles } from "#lib/charters/possible-gates.ts";
import { findProposal } from "#lib/charters/service.ts";
import { page } from "#lib/guard/page.tsx";
import { getKpis, reviewDaysOf } from "#lib/kpis/service.ts";
import type { PilotDetail, PilotStatus } from "#lib/pilots/schema.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { replayPilot } from "#lib/replay/service.ts";
import { getRetention } from "#lib/retention/service.ts";
import { listLaunchRefusals } from "#lib/runs/launch-refusals.ts";
import { listRuns } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { listWatch } from "#lib/tripwires/list-watch.ts";
import { getWires } from "#lib/tripwires/view-wires.ts";
import { loadShell } from "../../load-shell.ts";
import { activate, askForAmendment, complete, keep, pause, resume } from "../actions.ts";

const AMENDABLE: readonly PilotStatus[] = ["draft", "active", "paused"];

async function namesIn(scope: Scope, { members }: PilotDetail): Promise<Record<string, string>> {
  const [agents, roles] = await Promise.all([listAgents(scope), listGateRoles(scope)]);
  const named = [...agents, ...roles].map(({ id, name }) => [id, name]);
  return Object.fromEntries([...named, ...members.map(({ personId, name }) => [personId, name])]);
}

export default page({
  permission: "pilot.view",
  pilot: ({ id = "" }) => id,
  query: z.object({ tab: z.enum(["overview", "runs", "charter", "members", "data"]).catch("overview") }),
  handler: async ({ scope, session, params: { id = "" }, query }) => {
    const pilot = await getPilot(scope, id);
    const proposal = query.tab === "charter" ? await findProposal(scope, id) : null;
    const amends = can(scope.grants, "pilot.amend", id);
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: pilot.name, href: `/pilots/${id}` },
        ]}
      >
        <LiveRefresh />
        <PilotPage
          pilot={pilot}
          runs={await maskValue(await listRuns(scope, { pilotId: id }))}
          report={pilot.activatedAt ? await getKpis(scope, { pilotId: id }) : null}
          tab={query.tab}
          review={reviewDaysOf(scope, pilot)}
          names={query.tab === "charter" ? await namesIn(scope, pilot) : {}}
          wires={
            query.tab === "overview" ? (
              <WirePanel pilotId={id} wires={(await getWires(scope, id)).wires} />
            ) : null
          }
          nearest={
            query.tab === "overview" || !pilot.activatedAt ? null : (
              <Nearest pilotId={id} watch={(await listWatch(scope))[id]} />
            )
          }
          unreviewed={<Unreviewed glass={await listUnreviewed(scope, id)} />}
          refusedLaunches={
            query.tab === "runs" ? (
              <RefusedLaunches refusals={await maskValue(await listLaunchRefusals(scope, id))} />
            ) : null
          }
          canLaunch={can(scope.grants, "run.launch", id)}
          data={
            query.tab === "data" ? (
              <RetentionPanel
                pilotId={id}
                retention={await getRetention(scope, id)}
                save={can(scope.grants, "retention.set", id) ? keep : null}
              />
            ) : null
          }
          proposal={
            query.tab === "charter" && proposal ? (
              <Proposal
                pilotId={id}
                proposal={proposal}
                replay={await replayPilot(scope, id, proposal.charterId)}
                ask={amends ? askForAmendment : null}
              />
            ) : null
          }
          canAmend={amends && AMENDABLE.includes(pilot.status)}
          actions={
            <PilotActions
              pilotId={id}
              status={pilot.status}
              pause={can(scope.grants, "pilot.pause", id) ? pause : null}
              activate={amends ? activate : null}
              resume={amends ? resume : null}
              complete={amends ? complete : null}
              criteria={pilot.charter.charter.rollback.exitCriteria}
            />
          }
        />
      </Shell>
    );
  },
});
