import { FindingPage } from "#components/findings/finding-page.tsx";
import { Attention } from "#components/minutes/attention.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import { getFinding, ownersOf } from "#lib/findings/service.ts";
import { page } from "#lib/guard/page.tsx";
import { loadShell } from "../../load-shell.ts";
import { answer } from "../../settings/minutes/actions.ts";
import { dismiss, move } from "./actions.ts";

export default page({
  permission: "finding.view",
  handler: async ({ scope, session, params: { id = "" } }) => {
    const { finding, steps } = await getFinding(scope, id);
    const mayDecide = may(scope, "finding.decide", finding.pilotId);
    const owners = mayDecide ? await ownersOf(scope, finding) : [];
    const me = session?.person.id ?? "";
    const ownerId = owners.some((owner) => owner.id === me) ? me : null;
    return (
      <Shell
        data={await loadShell(scope, session)}
        current="findings"
        {...(finding.pilotId ? { pilot: finding.pilotId } : {})}
        crumbs={[
          { title: "Findings", href: "/findings" },
          { title: finding.id, href: `/findings/${finding.id}`, mono: true },
        ]}
      >
        <LiveRefresh />
        {finding.runId ? <Attention runId={finding.runId} purpose="finding" answer={answer} /> : null}
        <FindingPage
          finding={finding}
          steps={steps}
          decide={mayDecide ? { move, dismiss, owners, ownerId } : null}
          mayReadLog={can(scope.grants, "log.view")}
        />
      </Shell>
    );
  },
});
