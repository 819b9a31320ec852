import { ComparisonsPage } from "#components/comparisons/comparisons-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
import { listComparisons } from "#lib/comparisons/service.ts";
import { page } from "#lib/guard/page.tsx";
import { loadShell } from "../../load-shell.ts";

export default page({
  permission: "run.view",
  handler: async ({ scope, session }) => (
    <Shell
      data={await loadShell(scope, session)}
      current="agents"
      crumbs={[
        { title: "Agents", href: "/agents" },
        { title: "Compare", href: "/agents/compare" },
      ]}
    >
      <LiveRefresh />
      <ComparisonsPage comparisons={await listComparisons(scope)} mayPlan={can(scope.grants, "run.launch")} />
    </Shell>
  ),
});
