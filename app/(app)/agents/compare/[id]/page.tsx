import { ComparisonPage } from "#components/comparisons/comparison-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { getComparison } from "#lib/comparisons/service.ts";
import { page } from "#lib/guard/page.tsx";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../../../load-shell.ts";
import { choose, close, start } from "../actions.ts";

export default page({
  permission: "run.view",
  handler: async ({ scope, session, params: { id = "" } }) => {
    const view = await maskValue(await getComparison(scope, id));
    return (
      <Shell
        data={await loadShell(scope, session)}
        current="agents"
        crumbs={[
          { title: "Agents", href: "/agents" },
          { title: "Compare", href: "/agents/compare" },
          { title: view.comparison.title, href: `/agents/compare/${id}` },
        ]}
      >
        <LiveRefresh />
        <ComparisonPage {...view} start={start} close={close} choose={choose} />
      </Shell>
    );
  },
});
