import { z } from "zod";
import { KpisPage } from "#components/kpis/kpis-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { page } from "#lib/guard/page.tsx";
import { getGateKpis } from "#lib/kpis/gate-kpis.ts";
import { Kpi, Outcome } from "#lib/kpis/schema.ts";
import { getKpis, listKpiRows } from "#lib/kpis/service.ts";
import { listPilots } from "#lib/pilots/service.ts";
import type { Scope } from "#lib/scope.ts";
import { loadShell } from "../load-shell.ts";

const Filter = z.object({
  pilot: z.string().max(100).optional().catch(undefined),
  agent: z.string().max(100).optional().catch(undefined),
  kpi: Kpi.optional().catch(undefined),
  outcome: Outcome.optional().catch(undefined),
  week: z.iso.date().optional().catch(undefined),
});
type Filter = z.infer<typeof Filter>;

const TITLES: Record<Kpi, string> = {
  throughput: "merged patches",
  agent_lead_time: "agent lead time",
  review_to_merge: "review to merge",
  outcomes: "ended runs",
};

export default page({
  permission: "kpi.view",
  query: Filter,
  handler: async ({ scope, session, query }) => {
    const pilots = (await listPilots(scope)).filter(({ activatedAt }) => activatedAt !== null);
    const pilotId = query.pilot || pilots[0]?.id;
    const agentId = query.agent || undefined;
    return (
      <Shell data={await loadShell(scope, session)} current="kpis">
        <LiveRefresh />
        <KpisPage
          report={pilotId ? await getKpis(scope, { pilotId, agentId }) : null}
          gates={pilotId ? await getGateKpis(scope, pilotId) : null}
          pilots={pilots}
          agents={await listAgents(scope)}
          filter={{ pilot: pilotId, agent: agentId }}
          rows={pilotId ? await rowsOf(scope, pilotId, query) : null}
        />
      </Shell>
    );
  },
});

async function rowsOf(scope: Scope, pilotId: string, { agent, kpi, outcome, week }: Filter) {
  if (!kpi) return null;
  const facts = await listKpiRows(scope, { pilotId, kpi, agentId: agent || undefined, outcome, week });
  const about = [outcome?.replaceAll("_", " "), week ? `week of ${week}` : undefined].filter(
    (part) => part !== undefined,
  );
  return { kpi, title: [TITLES[kpi], ...about].join(", "), facts };
}
