import { z } from "zod";
import { RolesPage } from "#components/roles/roles-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { may } from "#lib/authz/require.ts";
import { PERMISSIONS, type Permission } from "#lib/authz/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { viewPeople } from "#lib/people/view-people.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { explain } from "#lib/roles/rules.ts";
import { GRANTABLE } from "#lib/roles/schema.ts";
import { listRoles } from "#lib/roles/service.ts";
import { loadShell } from "../../load-shell.ts";
import { change, make, retire } from "./actions.ts";

export default page({
  permission: "person.view",
  query: z.object({ person: z.string().max(100).catch(""), pilot: z.string().max(100).catch("") }),
  handler: async ({ scope, session, query }) => {
    const people = await viewPeople(scope);
    const pilots = await listPilots(scope);
    const person = people.find(({ id }) => id === query.person);
    const pilotId = pilots.find(({ id }) => id === query.pilot)?.id ?? null;
    return (
      <Shell data={await loadShell(scope, session)} current="people">
        <RolesPage
          roles={await listRoles(scope)}
          permissions={Object.keys(PERMISSIONS) as Permission[]}
          people={people.map(({ id, name }) => ({ value: id, title: name }))}
          pilots={pilots.map(({ id, name }) => ({ value: id, title: name }))}
          asked={{
            personId: person?.id ?? "",
            pilotId: pilotId ?? "",
            answer: person ? { name: person.name, explained: explain(person.grants, pilotId) } : null,
          }}
          manage={may(scope, "role.manage", null) ? { make, change, retire, grantable: GRANTABLE } : null}
        />
      </Shell>
    );
  },
});
