import { CharterForm } from "#components/pilots/charter-form.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { TEMPLATES } from "#lib/charters/templates.ts";
import { DAY } from "#lib/clock.ts";
import { page } from "#lib/guard/page.tsx";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { charterValues, type FormValues } from "#lib/pilots/form.ts";
import { dayIn } from "#lib/pilots/rules.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { loadShell } from "../../load-shell.ts";
import { create } from "../actions.ts";

const USUAL_LENGTH = 56 * DAY;

/** The person's own words and choices stay. */
function templateValues(charter: Charter): FormValues {
  const {
    "scope.repositoryId": _repository,
    "scope.branch": _branch,
    "rollback.endsOn": _end,
    ...values
  } = charterValues(charter);
  return values;
}

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
          templates={TEMPLATES.map(({ key, title, text, charter: of }) => ({
            ...{ key, title, text },
            values: templateValues(of(charter)),
          }))}
          action={create}
        />
      </Shell>
    );
  },
});
