import { z } from "zod";
import { ForgeAlarm } from "#components/connected/pull-requests.tsx";
import { formatRelative } from "#components/format.ts";
import type { ControlFacts } from "#components/home/controls.tsx";
import { DiskAlarm } from "#components/home/disk-alarm.tsx";
import { HomePage } from "#components/home/home-page.tsx";
import { pausedOf } from "#components/inbox/inbox-rules.ts";
import { ChannelAlarm } from "#components/notices/channel-alarm.tsx";
import { PasskeysWaiting } from "#components/passkeys/waiting.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import { HOUR } from "#lib/clock.ts";
import { diskAlarms } from "#lib/disk/service.ts";
import { happenedSince } from "#lib/facts/brief.ts";
import { listOpenPulls } from "#lib/forges/pulls/service.ts";
import { listInbox } from "#lib/gates/service.ts";
import { page } from "#lib/guard/page.tsx";
import { logHealth } from "#lib/log/notary-status.ts";
import { countEntries, countKindSince } from "#lib/log/service.ts";
import { failingChannels } from "#lib/notices/view-channels.ts";
import { countWaiting } from "#lib/passkeys/waiting.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { listRunners } from "#lib/runners/service.ts";
import { listRuns } from "#lib/runs/service.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { liveStops } from "#lib/stops/service.ts";
import { loadShell } from "./load-shell.ts";
import { setupLeft } from "./setup/steps.ts";

const LIVE = [
  "queued",
  "preparing",
  "working",
  "awaiting_decision",
  "paused",
  "verifying",
  "merging",
] as const;
const RECENT = 8;

const Hours = z.coerce.number().pipe(z.union([z.literal(24), z.literal(72), z.literal(168)]));

export default page({
  permission: "run.view",
  query: z.object({ hours: Hours.catch(24) }),
  handler: async ({ scope, session, query: { hours } }) => {
    const now = scope.clock.now();
    const since = new Date(now - hours * HOUR);
    const [happened, live, allPaused, recent, waiting, pilots, shell, alarms, disks] = await Promise.all([
      happenedSince(scope, since),
      listRuns(scope, { statuses: LIVE }).then((runs) => maskValue(runs)),
      listRuns(scope, { statuses: ["paused"] }).then((runs) => maskValue(runs)),
      listRuns(scope, { statuses: ["in_review", "merged", "rejected", "failed", "cancelled"] }).then((runs) =>
        maskValue(runs),
      ),
      listInbox(scope, { show: "mine" }),
      listPilots(scope),
      loadShell(scope, session),
      logHealth(scope),
      diskAlarms(),
    ]);
    const me = actorId(scope.actor);
    const paused = pausedOf(allPaused, me);
    const [first] = waiting;
    return (
      <Shell data={shell} current="home">
        <LiveRefresh />
        <DiskAlarm alarms={disks} />
        <ForgeAlarm pulls={await maskValue(await listOpenPulls(scope))} />
        <ChannelAlarm channels={await failingChannels(scope)} />
        <PasskeysWaiting count={await countWaiting(scope)} />
        <HomePage
          alarms={alarms}
          brief={{
            ...happened,
            inReview: recent.filter(({ status }) => status === "in_review").length,
            waiting: waiting.length,
            paused: paused.length,
            firstDeadline: first ? formatRelative(first.expiresAt.getTime(), now) : null,
          }}
          hours={hours}
          live={live}
          recent={recent.slice(0, RECENT)}
          waiting={waiting}
          paused={paused}
          inbox={shell.inbox}
          pilots={pilots}
          canCreatePilot={may(scope, "pilot.create", null)}
          canLaunch={can(scope.grants, "run.launch")}
          controls={await controlsOf(scope, since)}
          setupLeft={await setupLeft(scope)}
        />
      </Shell>
    );
  },
});

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
