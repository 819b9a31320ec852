import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { SpendPage } from "#components/spend/spend-page.tsx";
import { can } from "#lib/authz/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { dayIn } from "#lib/pilots/rules.ts";
import { getSpend } from "#lib/spend/service.ts";
import { loadShell } from "../../../load-shell.ts";
import { writeFix, writeHour } from "./actions.ts";

export const metadata = { title: "Spend" };

export default page({
  permission: "kpi.view",
  pilot: ({ id = "" }) => id,
  handler: async ({ scope, session, params: { id = "" } }) => {
    const spend = await getSpend(scope, id);
    const maySay = can(scope.grants, "price.set", id);
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: spend.pilotName, href: `/pilots/${id}` },
          { title: "Spend", href: `/pilots/${id}/spend` },
        ]}
      >
        <LiveRefresh />
        <SpendPage
          spend={spend}
          today={dayIn(spend.timeZone, spend.asOf.getTime())}
          setFix={maySay ? writeFix : null}
          setHour={maySay ? writeHour : null}
        />
      </Shell>
    );
  },
});
