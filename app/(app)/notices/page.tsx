import { NoticesPage } from "#components/notices/notices-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { getOwnNotices } from "#lib/notices/subscriptions.ts";
import { listChannelNames, listChannels, listOwnDeliveries } from "#lib/notices/view-channels.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { loadShell } from "../load-shell.ts";
import { add, digest, noQuiet, quiet, stopTelling, tell } from "./actions.ts";

export default page({
  permission: "notice.subscribe",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="notices">
      <LiveRefresh />
      <NoticesPage
        own={await getOwnNotices(scope)}
        deliveries={await listOwnDeliveries(scope)}
        choices={await listChannelNames(scope)}
        pilots={(await listPilots(scope)).map(({ id, name }) => ({ id, name }))}
        actions={{ tell, stopTelling, quiet, noQuiet, digest }}
        channels={may(scope, "channel.view", null) ? await listChannels(scope) : null}
        add={may(scope, "channel.manage", null) ? add : null}
      />
    </Shell>
  ),
});
