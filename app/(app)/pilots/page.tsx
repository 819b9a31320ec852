import { Drafts } from "#components/pilots/drafts.tsx";
import { PilotsPage } from "#components/pilots/pilots-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { listDrafts } from "#lib/drafts/service.ts";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { listWatch } from "#lib/tripwires/list-watch.ts";
import { loadShell } from "../load-shell.ts";
import { throwAwayDraft } from "./actions.ts";

export default page({
  permission: "pilot.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="pilots">
      <LiveRefresh />
      <PilotsPage
        pilots={await listPilots(scope)}
        watch={await listWatch(scope)}
        drafts={<Drafts drafts={await listDrafts(scope)} discard={throwAwayDraft} />}
        canCreate={may(scope, "pilot.create", null)}
      />
    </Shell>
  ),
});
