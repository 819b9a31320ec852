import { ChannelPage } from "#components/notices/channel-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { getChannel } from "#lib/notices/view-channels.ts";
import { loadShell } from "../../load-shell.ts";
import { again, remove, replace, retire, rotate, test } from "../actions.ts";

export default page({
  permission: "channel.view",
  handler: async ({ scope, session, params: { id = "" } }) => {
    const detail = await getChannel(scope, id);
    const crumbs = [
      { title: "Notices", href: "/notices" },
      { title: detail.channel.name, href: `/notices/${id}` },
    ];
    const manages = may(scope, "channel.manage", null);
    return (
      <Shell data={await loadShell(scope, session)} current="notices" crumbs={crumbs}>
        <LiveRefresh />
        <ChannelPage {...detail} manage={manages ? { test, replace, rotate, retire, remove, again } : null} />
      </Shell>
    );
  },
});
