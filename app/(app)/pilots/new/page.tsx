import { CharterForm } from "#components/pilots/charter-form.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { DAY } from "#lib/clock.ts";
import { page } from "#lib/guard/page.tsx";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { charterValues } from "#lib/pilots/form.ts";
import { dayIn } from "#lib/pilots/rules.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { loadShell } from "../../load-shell.ts";
import { create } from "../actions.ts";

const USUAL_LENGTH = 56 * DAY;

export default page({
  permission: "pilot.create",
  handler: async ({ scope, session }) => {
    const repositories = await listRepositories(scope);
    const first = repositories.find(({ state }) => state === "ready");
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const charter = defaultCharter(
      first?.id ?? "",
      first?.branch ?? "main",
      dayIn(timeZone, scope.clock.now() + USUAL_LENGTH),
    );
    return (
      <Shell
        data={await loadShell(scope, session)}
        current="pilots"
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: "New", href: "/pilots/new" },
        ]}
      >
        <CharterForm
          pilot={null}
          values={{ ...charterValues(charter), name: "", timeZone }}
          repositories={repositories}
          action={create}
        />
      </Shell>
    );
  },
});
