import { z } from "zod";
import { CallsPage } from "#components/calls/calls-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { getRun } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { CALLS_PAGE, listCalls, listSpend } from "#lib/traces/service.ts";
import { loadShell } from "../../../load-shell.ts";

export default page({
  permission: "run.view",
  query: z.object({ after: z.string().max(100).catch("") }),
  handler: async ({ scope, session, params: { id = "" }, query }) => {
    const run = await maskValue(await getRun(scope, id));
    const [calls, spend, shell] = await Promise.all([
      listCalls(scope, id, query.after),
      listSpend(scope, "model", { pilotId: run.pilotId, runId: id }),
      loadShell(scope, session, { run }),
    ]);
    const last = calls.at(-1);
    return (
      <Shell
        data={shell}
        current="runs"
        pilot={run.pilotId}
        crumbs={[
          { title: "Runs", href: "/runs" },
          { title: run.id, href: `/runs/${run.id}`, mono: true },
          { title: "Model calls", href: `/runs/${run.id}/calls` },
        ]}
      >
        <LiveRefresh />
        <CallsPage
          run={run}
          calls={calls}
          spend={spend}
          next={last && calls.length === CALLS_PAGE ? `/runs/${run.id}/calls?after=${last.id}` : null}
        />
      </Shell>
    );
  },
});
