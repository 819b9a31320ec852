import { CallPage } from "#components/calls/call-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { notFound } from "#lib/errors.ts";
import { page } from "#lib/guard/page.tsx";
import { getRun } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { getCallTrace } from "#lib/traces/service.ts";
import { loadShell } from "../../../../load-shell.ts";

export default page({
  permission: "run.view",
  handler: async ({ scope, session, params: { id = "", call = "" } }) => {
    const run = await maskValue(await getRun(scope, id));
    const trace = await getCallTrace(scope, call);
    if (trace.call.runId !== run.id) throw notFound("call");
    return (
      <Shell
        data={await loadShell(scope, session, { run })}
        current="runs"
        pilot={run.pilotId}
        crumbs={[
          { title: "Runs", href: "/runs" },
          { title: run.id, href: `/runs/${run.id}`, mono: true },
          { title: "Model calls", href: `/runs/${run.id}/calls` },
          { title: call, href: `/runs/${run.id}/calls/${call}`, mono: true },
        ]}
      >
        {trace.call.state === "open" ? <LiveRefresh /> : null}
        <CallPage trace={trace} />
      </Shell>
    );
  },
});
