import { ForgeAlarm } from "#components/connected/pull-requests.tsx";
import { DiskAlarm } from "#components/home/disk-alarm.tsx";
import { HomePage } from "#components/home/home-page.tsx";
import { SetupList } from "#components/home/setup-page.tsx";
import { ChannelAlarm } from "#components/notices/channel-alarm.tsx";
import { PasskeysWaiting } from "#components/passkeys/waiting.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { HomeQuery } from "#lib/briefs/schema.ts";
import { getBrief, listBriefRows } from "#lib/briefs/service.ts";
import { diskAlarms } from "#lib/disk/service.ts";
import { listOpenPulls } from "#lib/forges/pulls/service.ts";
import { page } from "#lib/guard/page.tsx";
import { logHealth } from "#lib/log/notary-status.ts";
import { failingChannels } from "#lib/notices/view-channels.ts";
import { countWaiting } from "#lib/passkeys/waiting.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { choose } from "./actions.ts";
import { guardPanels } from "./home/guard-panels.tsx";
import { workPanels } from "./home/work-panels.tsx";
import { loadShell } from "./load-shell.ts";
import { setupSteps } from "./setup/steps.ts";

export default page({
  permission: "run.view",
  query: HomeQuery,
  handler: async ({ scope, session, query }) => {
    const [{ brief, views }, shell, pilots, steps, alarms, disks] = await Promise.all([
      getBrief(scope, query),
      loadShell(scope, session),
      listPilots(scope),
      setupSteps(scope),
      logHealth(scope),
      diskAlarms(),
    ]);
    const panels =
      brief.view === "security" ? guardPanels(scope, brief, shell) : workPanels(scope, brief, shell, pilots);
    const rows = query.rows ? await maskValue(await listBriefRows(scope, query.rows, brief.since)) : null;
    const isEmpty = pilots.length === 0;
    return (
      <Shell data={shell} current="home">
        <LiveRefresh />
        <DiskAlarm alarms={disks} />
        <ForgeAlarm pulls={await maskValue(await listOpenPulls(scope))} />
        <ChannelAlarm channels={await failingChannels(scope)} />
        <PasskeysWaiting count={await countWaiting(scope)} />
        <HomePage
          alarms={alarms}
          brief={await maskValue(brief)}
          views={views}
          choose={choose}
          rows={query.rows && rows ? { kind: query.rows, rows } : null}
          setupLeft={steps.filter(({ state }) => state !== "done").length}
          setup={
            isEmpty ? (
              <section className="setup-leads" aria-label="Set-up">
                <SetupList steps={steps} />
              </section>
            ) : null
          }
          {...(await panels)}
        />
      </Shell>
    );
  },
});
