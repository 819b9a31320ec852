import { GroupsPage } from "#components/people/groups-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import { listGroups } from "#lib/groups/service.ts";
import { page } from "#lib/guard/page.tsx";
import { viewPeople } from "#lib/people/view-people.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { listRoles } from "#lib/roles/service.ts";
import { loadShell } from "../../load-shell.ts";
import { fill, giveGroup, make, putIn, remove, takeFromGroup, takeOut } from "./actions.ts";

export default page({
  permission: "person.view",
  handler: async ({ scope, session }) => {
    const mayGive = can(scope.grants, "role.grant");
    const people = (await viewPeople(scope)).filter(({ state }) => state !== "deactivated");
    return (
      <Shell data={await loadShell(scope, session)} current="people">
        <GroupsPage
          groups={await listGroups(scope)}
          manage={
            may(scope, "person.manage", null)
              ? {
                  ...{ make, remove, fill, addMember: putIn, removeMember: takeOut },
                  people: people.map(({ id, name }) => ({ value: id, title: name })),
                }
              : null
          }
          give={
            mayGive
              ? {
                  action: giveGroup,
                  roles: (await listRoles(scope)).map(({ id, name }) => ({ value: id, title: name })),
                  pilots: (await listPilots(scope)).map(({ id, name }) => ({ value: id, title: name })),
                }
              : null
          }
          take={mayGive ? takeFromGroup : null}
        />
      </Shell>
    );
  },
});
