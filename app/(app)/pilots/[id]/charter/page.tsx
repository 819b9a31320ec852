import { CharterForm } from "#components/pilots/charter-form.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { charterValues } from "#lib/pilots/form.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { loadShell } from "../../../load-shell.ts";
import { amend } from "../../actions.ts";

export default page({
  permission: "pilot.amend",
  pilot: ({ id = "" }) => id,
  handler: async ({ scope, session, params: { id = "" } }) => {
    const pilot = await getPilot(scope, id);
    const newest = Math.max(...pilot.versions.map(({ version }) => version));
    return (
      <Shell
        data={await loadShell(scope, session, { pilotId: id })}
        current="pilots"
        pilot={id}
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: pilot.name, href: `/pilots/${id}` },
          { title: "Charter", href: `/pilots/${id}/charter` },
        ]}
      >
        <CharterForm
          pilot={{ id, name: pilot.name, nextVersion: newest + 1 }}
          values={charterValues(pilot.charter.charter)}
          repositories={await listRepositories(scope)}
          action={amend}
        />
      </Shell>
    );
  },
});
