// What stands on the home page of whoever leads engineering, or of who only looks: each panel as far as they may see.
import { type ControlFacts, Controls } from "#components/home/controls.tsx";
import { HealthTable, type PilotHealth } from "#components/home/health.tsx";
import type { HomePageProps } from "#components/home/home-page.tsx";
import { ComesNext, LiveRuns, NewestResults, Waiting } from "#components/home/work.tsx";
import { pausedOf } from "#components/inbox/inbox-rules.ts";
import { PilotTable, pilotsFact } from "#components/pilots/pilot-table.tsx";
import type { ShellData } from "#components/shell/shell.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import type { Brief } from "#lib/briefs/schema.ts";
import { listInbox } from "#lib/gates/service.ts";
import type { KpiReport, Verdict } from "#lib/kpis/schema.ts";
import { getKpis, reviewDaysOf } from "#lib/kpis/service.ts";
import { countEntries, countKindSince } from "#lib/log/service.ts";
import type { PilotView } from "#lib/pilots/schema.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { listRunners } from "#lib/runners/service.ts";
import { LIVE, listRuns } from "#lib/runs/service.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { liveStops } from "#lib/stops/service.ts";
import { listWatch } from "#lib/tripwires/list-watch.ts";
import { comingOf, type Detail } from "./coming.ts";

const OVER = ["in_review", "merged", "rejected", "failed", "cancelled"] as const;
const RECENT = 8;
/** Pilots of which targets are judged here: each is a look at all its rows. */
const JUDGED = 6;

export type Panels = Pick<HomePageProps, "main" | "side" | "below">;

export async function workPanels(
  scope: Scope,
  brief: Brief,
  shell: ShellData,
  pilots: readonly PilotView[],
): Promise<Panels> {
  const running = pilots.filter(({ status }) => status === "active" || status === "paused");
  const judged = running.slice(0, JUDGED);
  const [live, recent, waiting, watch, details] = await Promise.all([
    listRuns(scope, { statuses: LIVE }).then((runs) => maskValue(runs)),
    listRuns(scope, { statuses: OVER }).then((runs) => maskValue(runs)),
    listInbox(scope, { show: "mine" }),
    listWatch(scope),
    Promise.all(judged.map(({ id }) => detailOf(scope, id))),
  ]);
  const health = details.map(({ pilot, verdicts, review }): PilotHealth => {
    return { pilot, verdicts, review, watch: watch[pilot.id] };
  });
  const paused = pausedOf(live, actorId(scope.actor));
  const isLead = brief.view === "engineering";
  return {
    main: (
      <>
        <LiveRuns runs={live} canLaunch={can(scope.grants, "run.launch")} />
        <NewestResults runs={recent.slice(0, RECENT)} />
      </>
    ),
    side: (
      <>
        <Waiting waiting={waiting} paused={paused} inbox={shell.inbox} />
        <ComesNext coming={comingOf(brief, live, details)} />
        <Controls facts={await controlsOf(scope, new Date(brief.since.at))} />
      </>
    ),
    below:
      isLead && health.length > 0 ? (
        <HealthTable health={health} more={running.length - health.length} />
      ) : (
        <Panel title="Pilots" fact={pilotsFact(pilots)} className="mt-4">
          <PilotTable pilots={pilots} watch={watch} canCreate={may(scope, "pilot.create", null)} />
        </Panel>
      ),
  };
}

async function detailOf(scope: Scope, pilotId: string): Promise<Detail> {
  const pilot = await getPilot(scope, pilotId);
  const report = can(scope.grants, "kpi.view", pilotId) ? await getKpis(scope, { pilotId }) : null;
  return { pilot, verdicts: report && verdictsOf(report), review: reviewDaysOf(scope, pilot) };
}

function verdictsOf({ metrics }: KpiReport): Record<Verdict, number> {
  const counts = { met: 0, missed: 0, cannot_tell: 0 };
  for (const { verdict } of metrics) counts[verdict ?? "cannot_tell"] += 1;
  return counts;
}

async function controlsOf(scope: Scope, since: Date): Promise<ControlFacts> {
  const readsLog = can(scope.grants, "log.view");
  const runners = (await listRunners(scope)).filter(({ revokedAt }) => revokedAt === null);
  const live = runners.filter((runner) => runner.live);
  return {
    logEntries: readsLog ? await countEntries(scope) : null,
    refusedSignIns: readsLog ? await countKindSince(scope, "person.sign_in_refused", since) : null,
    stopsInForce: (await liveStops(scope)).length,
    runners: runners.length,
    runnersLive: live.length,
    runnersStrong: live.filter(({ contact }) => contact?.tier === "strong").length,
  };
}
