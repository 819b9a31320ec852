import { PersonPage } from "#components/people/person-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { can } from "#lib/authz/rules.ts";
import { listDeputies } from "#lib/deputies/service.ts";
import { page } from "#lib/guard/page.tsx";
import { viewInvitationMail } from "#lib/notices/invitations/view-mail.ts";
import { viewPerson } from "#lib/people/view-people.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { listRoles } from "#lib/roles/service.ts";
import { actorId } from "#lib/scope.ts";
import { loadShell } from "../../../load-shell.ts";
import { stepBack } from "../../deputies/actions.ts";
import { deactivate, give, makeLink, reactivate, take } from "../actions.ts";

export default page({
  permission: "person.view",
  handler: async ({ scope, session, params }) => {
    const person = await viewPerson(scope, params.id ?? "");
    const mayManage = may(scope, "person.manage", null);
    const mayGive = can(scope.grants, "role.grant");
    const isOneself = person.id === actorId(scope.actor);
    return (
      <Shell data={await loadShell(scope, session)} current="people">
        <PersonPage
          person={person}
          deputies={await listDeputies(scope, person.id)}
          isOneself={isOneself}
          mail={
            mayManage && person.state === "invited" ? await viewInvitationMail(scope, person.id) : undefined
          }
          give={
            mayGive
              ? {
                  action: give,
                  roles: (await listRoles(scope)).map(({ id, name }) => ({ value: id, title: name })),
                  pilots: (await listPilots(scope)).map(({ id, name }) => ({ value: id, title: name })),
                }
              : null
          }
          take={mayGive ? take : null}
          manage={mayManage ? { deactivate, reactivate, inviteAgain: makeLink } : null}
          endDeputy={mayManage || isOneself ? stepBack : null}
        />
      </Shell>
    );
  },
});
