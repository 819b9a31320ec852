import { AgentsPage } from "#components/connected/agents-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { listPrices } from "#lib/prices/service.ts";
import { listProviders } from "#lib/providers/service.ts";
import type { Scope } from "#lib/scope.ts";
import { loadShell } from "../load-shell.ts";
import { add } from "./actions.ts";

/** Providers that are switched on, each with the models that may be called. */
async function choices(scope: Scope) {
  const prices = await listPrices(scope);
  return (await listProviders(scope))
    .filter(({ disabledAt }) => disabledAt === null)
    .map(({ id, name }) => ({
      ...{ id, name },
      models: prices.filter(({ providerId }) => providerId === id).map(({ model }) => model),
    }));
}

export default page({
  permission: "agent.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="agents">
      <AgentsPage
        agents={await listAgents(scope)}
        add={may(scope, "agent.create", null) ? { action: add, providers: await choices(scope) } : null}
      />
    </Shell>
  ),
});
