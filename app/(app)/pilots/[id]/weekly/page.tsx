import { z } from "zod";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { WeeksPage } from "#components/weekly/weeks-page.tsx";
import { page } from "#lib/guard/page.tsx";
import { getPilot } from "#lib/pilots/service.ts";
import { packDays } from "#lib/weekly-reviews/rules.ts";
import { listWeeks } from "#lib/weekly-reviews/service.ts";
import { loadShell } from "../../../load-shell.ts";

export default page({
  permission: "kpi.view",
  pilot: ({ id = "" }) => id,
  query: z.object({}),
  handler: async ({ scope, session, params: { id = "" } }) => {
    const pilot = await getPilot(scope, id);
    const { kpis } = pilot.charter.charter;
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: pilot.name, href: `/pilots/${id}` },
          { title: "Weekly reviews", href: `/pilots/${id}/weekly` },
        ]}
      >
        <LiveRefresh />
        <WeeksPage
          pilotId={id}
          pilotName={pilot.name}
          days={packDays(kpis.cadence)}
          isActive={pilot.activatedAt !== null}
          weeks={await listWeeks(scope, id)}
        />
      </Shell>
    );
  },
});
