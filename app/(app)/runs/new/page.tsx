import { randomUUID } from "node:crypto";
import { z } from "zod";
import { LaunchForm } from "#components/runs/launch-form.tsx";
import { Shell } from "#components/shell/shell.tsx";
import type { AgentView } from "#lib/agents/schema.ts";
import { listAgents } from "#lib/agents/service.ts";
import { can } from "#lib/authz/rules.ts";
import { forecastRun } from "#lib/budgets/forecast.ts";
import { launchNotice } from "#lib/gates/who-may-approve.ts";
import { page } from "#lib/guard/page.tsx";
import { getPilot, listPilots } from "#lib/pilots/service.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { findHandOver } from "#lib/reverts/service.ts";
import type { Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../../load-shell.ts";
import { launch } from "./actions.ts";

/** What a run may cost, for every choice of a pilot and an agent with a model. */
async function forecasts(scope: Scope, pilotIds: readonly string[], agents: readonly AgentView[]) {
  const pairs = pilotIds.flatMap((pilotId) =>
    agents.filter(({ model }) => model !== null).map((agent) => ({ pilotId, agentId: agent.id })),
  );
  return Promise.all(
    pairs.map(async (pair) => ({ ...pair, ...(await forecastRun(scope, pair.pilotId, pair.agentId)) })),
  );
}

export default page({
  permission: "run.launch",
  query: z.object({
    pilot: z.string().max(100).optional().catch(undefined),
    /** A revert that could not be made: what to ask of an agent is written already, for a person to read, change and send. */
    revert: z.string().max(100).optional().catch(undefined),
  }),
  handler: async ({ scope, session, query }) => {
    const [pilots, agents, repositories] = await Promise.all([
      listPilots(scope),
      listAgents(scope),
      listRepositories(scope),
    ]);
    const handOver = query.revert ? await maskValue(await findHandOver(scope, query.revert)) : null;
    const active = pilots.filter(
      ({ id, status }) => status === "active" && can(scope.grants, "run.launch", id),
    );
    const details = await Promise.all(active.map(({ id }) => getPilot(scope, id)));
    const approvers = await Promise.all(active.map(({ id }) => launchNotice(scope, id)));
    const choices = details.map(({ id, name, charter: { charter } }, nth) => ({
      id,
      name,
      repository:
        repositories.find((repository) => repository.id === charter.scope.repositoryId)?.name ?? "?",
      goal: charter.goal.statement,
      kinds: [...new Set([charter.goal.kind, ...charter.scope.kinds])],
      approvers: approvers[nth] ?? null,
    }));
    return (
      <Shell
        data={await loadShell(scope, session)}
        current="runs"
        crumbs={[
          { title: "Runs", href: "/runs" },
          { title: "Launch", href: "/runs/new" },
        ]}
      >
        <LaunchForm
          pilots={choices}
          agents={agents}
          forecasts={
            await forecasts(
              scope,
              active.map(({ id }) => id),
              agents,
            )
          }
          pilotId={query.pilot}
          title={handOver?.title}
          task={handOver?.task}
          requestKey={randomUUID()}
          action={launch}
        />
      </Shell>
    );
  },
});
