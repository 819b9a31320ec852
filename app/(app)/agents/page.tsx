import { AgentsPage } from "#components/connected/agents-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { page } from "#lib/guard/page.tsx";
import { loadShell } from "../load-shell.ts";

export default page({
  permission: "agent.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="agents">
      <AgentsPage agents={await listAgents(scope)} />
    </Shell>
  ),
});
