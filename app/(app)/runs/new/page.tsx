import { randomUUID } from "node:crypto";
import { z } from "zod";
import { LaunchForm } from "#components/runs/launch-form.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { can } from "#lib/authz/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { getPilot, listPilots } from "#lib/pilots/service.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { loadShell } from "../../load-shell.ts";
import { launch } from "./actions.ts";

export default page({
  permission: "run.launch",
  query: z.object({ pilot: z.string().max(100).optional().catch(undefined) }),
  handler: async ({ scope, session, query }) => {
    const [pilots, agents, repositories] = await Promise.all([
      listPilots(scope),
      listAgents(scope),
      listRepositories(scope),
    ]);
    const active = pilots.filter(
      ({ id, status }) => status === "active" && can(scope.grants, "run.launch", id),
    );
    const details = await Promise.all(active.map(({ id }) => getPilot(scope, id)));
    const choices = details.map(({ id, name, charter: { charter } }) => ({
      id,
      name,
      repository:
        repositories.find((repository) => repository.id === charter.scope.repositoryId)?.name ?? "?",
      goal: charter.goal.statement,
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
          pilotId={query.pilot}
          requestKey={randomUUID()}
          action={launch}
        />
      </Shell>
    );
  },
});
