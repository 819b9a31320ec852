import { ReleasesPage } from "#components/releases/releases-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { getPilot } from "#lib/pilots/service.ts";
import { listReleases } from "#lib/releases/answer.ts";
import { listCredentials } from "#lib/releases/callbacks/credentials.ts";
import { loadShell } from "../../../load-shell.ts";
import { dropCredential, keepCredential } from "./actions.ts";

export default page({
  permission: "pilot.view",
  pilot: ({ id = "" }) => id,
  handler: async ({ scope, session, params: { id = "" } }) => {
    const pilot = await getPilot(scope, id);
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: pilot.name, href: `/pilots/${id}` },
          { title: "Releases", href: `/pilots/${id}/releases` },
        ]}
      >
        <LiveRefresh />
        <ReleasesPage
          pilotId={id}
          pilotName={pilot.name}
          releases={await listReleases(scope, id)}
          credentials={await listCredentials(scope, id)}
          actions={{ keepCredential, dropCredential }}
        />
      </Shell>
    );
  },
});
