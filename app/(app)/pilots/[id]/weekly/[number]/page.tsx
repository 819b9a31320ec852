import { z } from "zod";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { WeekPage } from "#components/weekly/week-page.tsx";
import { can } from "#lib/authz/rules.ts";
import { notFound } from "#lib/errors.ts";
import { page } from "#lib/guard/page.tsx";
import { getPilot } from "#lib/pilots/service.ts";
import { actorId } from "#lib/scope.ts";
import { sectionsOf } from "#lib/weekly-reviews/paper/section-rules.ts";
import { headlineOf, mayPropose } from "#lib/weekly-reviews/rules.ts";
import { getWeek } from "#lib/weekly-reviews/service.ts";
import { loadShell } from "../../../../load-shell.ts";
import { propose, say } from "../actions.ts";

export default page({
  permission: "kpi.view",
  pilot: ({ id = "" }) => id,
  query: z.object({}),
  handler: async ({ scope, session, params: { id = "", number = "" } }) => {
    if (!/^[1-9]\d{0,3}$/.test(number)) throw notFound("weekly pack");
    const week = await getWeek(scope, id, Number(number));
    const me = actorId(scope.actor);
    const { status, charter } = await getPilot(scope, id);
    const { owners } = charter.charter.kpis;
    const proposes = can(scope.grants, "pilot.amend", id) && mayPropose({ status, owners }, me);
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: week.pilotName, href: `/pilots/${id}` },
          { title: "Weekly reviews", href: `/pilots/${id}/weekly` },
          { title: `Week ${number}`, href: `/pilots/${id}/weekly/${number}` },
        ]}
      >
        <LiveRefresh />
        <WeekPage
          week={week}
          me={me}
          headline={headlineOf(week.document)}
          sections={sectionsOf(week)}
          propose={proposes ? propose : null}
          say={can(scope.grants, "gate.decide", id) ? say : null}
          canAmend={can(scope.grants, "pilot.amend", id)}
        />
      </Shell>
    );
  },
});
