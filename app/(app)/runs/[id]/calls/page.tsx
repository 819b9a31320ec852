import { z } from "zod";
import { CallsPage } from "#components/calls/calls-page.tsx";
import { page } from "#lib/guard/page.tsx";
import { getRun } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { CALLS_PAGE, listCalls, listSpend } from "#lib/traces/service.ts";
import { loadShell } from "../../../load-shell.ts";
import { RunPart } from "../run-part.tsx";

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
      <RunPart shell={shell} run={run} title="Model calls" part="calls">
        <CallsPage
          run={run}
          calls={calls}
          spend={spend}
          next={last && calls.length === CALLS_PAGE ? `/runs/${run.id}/calls?after=${last.id}` : null}
        />
      </RunPart>
    );
  },
});
