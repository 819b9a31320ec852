import { PlanForm } from "#components/comparisons/plan-form.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { planChoices } from "#lib/comparisons/service.ts";
import { page } from "#lib/guard/page.tsx";
import { listPilots } from "#lib/pilots/service.ts";
import { loadShell } from "../../../load-shell.ts";
import { plan } from "../actions.ts";

export default page({
  permission: "run.launch",
  handler: async ({ scope, session }) => {
    const active = (await listPilots(scope)).filter(({ status }) => status === "active");
    return (
      <Shell
        data={await loadShell(scope, session)}
        current="agents"
        crumbs={[
          { title: "Agents", href: "/agents" },
          { title: "Compare", href: "/agents/compare" },
          { title: "Plan", href: "/agents/compare/new" },
        ]}
      >
        <PlanForm
          pilots={await planChoices(scope, active)}
          agents={(await listAgents(scope)).flatMap(({ id, name, model }) =>
            model === null ? [] : [{ id, name, model }],
          )}
          action={plan}
        />
      </Shell>
    );
  },
});
