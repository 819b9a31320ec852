import { DeputiesPage } from "#components/people/deputies-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { can } from "#lib/authz/rules.ts";
import { listDeputies, listDuties } from "#lib/deputies/service.ts";
import { page } from "#lib/guard/page.tsx";
import { listPeople } from "#lib/people/service.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { actorId } from "#lib/scope.ts";
import { loadShell } from "../../load-shell.ts";
import { putOnDuty, standIn, stepBack, takeOffDuty } from "./actions.ts";

export default page({
  permission: "pilot.view",
  handler: async ({ scope, session }) => {
    const me = actorId(scope.actor);
    const mayWrite = can(scope.grants, "role.grant");
    const people = (await listPeople(scope))
      .filter(({ id, kind, disabledAt }) => id !== me && kind === "person" && disabledAt === null)
      .map(({ id, name }) => ({ value: id, title: name }));
    const pilots = (await listPilots(scope)).map(({ id, name }) => ({ value: id, title: name }));
    return (
      <Shell data={await loadShell(scope, session)} current="deputies">
        <DeputiesPage
          deputies={await listDeputies(scope, me)}
          duties={await listDuties(scope)}
          name={{ action: standIn, people, pilots }}
          end={stepBack}
          duty={mayWrite ? { action: putOnDuty, people, pilots } : null}
          offDuty={mayWrite ? takeOffDuty : null}
        />
      </Shell>
    );
  },
});
