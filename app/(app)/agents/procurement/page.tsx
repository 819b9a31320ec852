import { ProcurementPage } from "#components/comparisons/procurement-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { getSheet } from "#lib/procurement/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../../load-shell.ts";
import { note } from "./actions.ts";

export default page({
  permission: "agent.view",
  handler: async ({ scope, session }) => (
    <Shell
      data={await loadShell(scope, session)}
      current="agents"
      crumbs={[
        { title: "Agents", href: "/agents" },
        { title: "Procurement", href: "/agents/procurement" },
      ]}
    >
      <ProcurementPage
        sheet={await maskValue(await getSheet(scope))}
        note={may(scope, "agent.create", null) ? note : null}
        today={new Date(scope.clock.now()).toISOString().slice(0, 10)}
      />
    </Shell>
  ),
});
