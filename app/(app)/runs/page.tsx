import { z } from "zod";
import { RunsPage } from "#components/runs/runs-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { RunStatus } from "#lib/runs/schema.ts";
import { listRuns } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../load-shell.ts";

const Filter = z.object({
  status: RunStatus.optional().catch(undefined),
  pilot: z.string().max(100).optional().catch(undefined),
  q: z.string().max(200).optional().catch(undefined),
});

export default page({
  permission: "run.view",
  query: Filter,
  handler: async ({ scope, session, query }) => {
    const { status, pilot, q } = query;
    const runs = await maskValue(
      await listRuns(scope, {
        pilotId: pilot || undefined,
        statuses: status ? [status] : undefined,
        text: q || undefined,
      }),
    );
    return (
      <Shell data={await loadShell(scope, session)} current="runs">
        <LiveRefresh />
        <RunsPage
          runs={runs}
          filter={query}
          pilots={await listPilots(scope)}
          canLaunch={can(scope.grants, "run.launch")}
        />
      </Shell>
    );
  },
});
