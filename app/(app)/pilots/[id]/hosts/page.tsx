import { HostsPage } from "#components/hosts/hosts-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { listHosts } from "#lib/hosts/service.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../../../load-shell.ts";

export default page({
  permission: "pilot.view",
  pilot: ({ id = "" }) => id,
  handler: async ({ scope, session, params: { id = "" } }) => {
    const pilot = await getPilot(scope, id);
    const [hosts, shell] = await Promise.all([
      listHosts(scope, id).then((rows) => maskValue(rows)),
      loadShell(scope, session, { pilotId: id }),
    ]);
    return (
      <Shell
        data={shell}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: pilot.name, href: `/pilots/${id}` },
          { title: "Hosts", href: `/pilots/${id}/hosts` },
        ]}
      >
        <LiveRefresh />
        <HostsPage pilotId={id} pilotName={pilot.name} hosts={hosts} />
      </Shell>
    );
  },
});
