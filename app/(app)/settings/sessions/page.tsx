import { SessionsPage } from "#components/sessions/sessions-page.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { idleWords, listAllSessions, listOwnSessions } from "#lib/auth/own-sessions.ts";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { loadShell } from "../../load-shell.ts";
import { revoke, revokeAllOthers } from "./actions.ts";

export const metadata = { title: "Sessions" };

export default page({
  permission: "signed_in",
  handler: async ({ scope, session }) => {
    const own = await listOwnSessions(scope);
    const all = may(scope, "person.manage", null) ? await listAllSessions(scope) : null;
    const others = all?.filter(({ personId }) => personId !== session?.person.id) ?? null;
    return (
      <Shell data={await loadShell(scope, session)} current="sessions">
        <LiveRefresh />
        <SessionsPage
          own={own}
          others={others}
          idle={idleWords()}
          revoke={revoke}
          revokeOthers={revokeAllOthers}
        />
      </Shell>
    );
  },
});
