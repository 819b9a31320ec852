import { z } from "zod";
import { ControlsPage } from "#components/controls/controls-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { Framework } from "#lib/controls/schema.ts";
import { listControls } from "#lib/controls/service.ts";
import { page } from "#lib/guard/page.tsx";
import { loadShell } from "../load-shell.ts";
import { askTest } from "./actions.ts";

export default page({
  permission: "control.view",
  query: z.object({ framework: Framework.optional().catch(undefined) }),
  handler: async ({ scope, session, query: { framework } }) => (
    <Shell data={await loadShell(scope, session)} current="controls">
      <LiveRefresh />
      <ControlsPage
        view={await listControls(scope)}
        framework={framework ?? null}
        test={may(scope, "control.test", null) ? askTest : null}
      />
    </Shell>
  ),
});
