import { DiskAlarm } from "#components/home/disk-alarm.tsx";
import { LogPage } from "#components/log/log-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { diskAlarms } from "#lib/disk/service.ts";
import { page } from "#lib/guard/page.tsx";
import { loadShell } from "../load-shell.ts";
import { loadLog } from "./load-log.ts";
import { LogQuery } from "./query.ts";

export default page({
  permission: "log.view",
  query: LogQuery,
  handler: async ({ scope, session, query }) => (
    <Shell data={await loadShell(scope, session)} current="log" rail>
      {query.after === undefined ? <LiveRefresh /> : null}
      <DiskAlarm alarms={await diskAlarms()} />
      <LogPage {...(await loadLog(scope, query))} entry={null} />
    </Shell>
  ),
});
