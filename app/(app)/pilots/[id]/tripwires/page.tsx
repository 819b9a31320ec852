import { z } from "zod";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { TripwiresPage } from "#components/tripwires/tripwires-page.tsx";
import { page } from "#lib/guard/page.tsx";
import { getPilot } from "#lib/pilots/service.ts";
import { rehearse } from "#lib/tripwires/rehearse.ts";
import { getWires } from "#lib/tripwires/view-wires.ts";
import { loadShell } from "../../../load-shell.ts";

export default page({
  permission: "kpi.view",
  pilot: ({ id = "" }) => id,
  query: z.object({ line: z.string().max(500).catch("") }),
  handler: async ({ scope, session, params: { id = "" }, query: { line } }) => {
    const pilot = await getPilot(scope, id);
    const wires = await getWires(scope, id);
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: pilot.name, href: `/pilots/${id}` },
          { title: "Tripwires", href: `/pilots/${id}/tripwires` },
        ]}
      >
        <LiveRefresh />
        <TripwiresPage
          {...wires}
          pilotName={pilot.name}
          timeZone={pilot.timeZone}
          line={line}
          result={line.trim() === "" ? null : await rehearse(scope, id, line)}
        />
      </Shell>
    );
  },
});
