import { PeoplePage } from "#components/people/people-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { page } from "#lib/guard/page.tsx";
import { invitationChannel } from "#lib/notices/invitations/view-mail.ts";
import { viewPeople } from "#lib/people/view-people.ts";
import { loadShell } from "../../load-shell.ts";
import { invite } from "./actions.ts";

export default page({
  permission: "person.view",
  handler: async ({ scope, session }) => (
    <Shell data={await loadShell(scope, session)} current="people">
      <PeoplePage
        people={await viewPeople(scope)}
        invite={
          may(scope, "person.manage", null)
            ? { action: invite, mailedBy: await invitationChannel(scope) }
            : null
        }
      />
    </Shell>
  ),
});
