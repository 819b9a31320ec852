import { z } from "zod";
import { CharterForm } from "#components/pilots/charter-form.tsx";
import { Drafts } from "#components/pilots/drafts.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { maySee } from "#lib/authz/require.ts";
import { listGateRoles, listHolders, listPossibleOwners } from "#lib/charters/possible-gates.ts";
import { TEMPLATES } from "#lib/charters/templates.ts";
import { DAY } from "#lib/clock.ts";
import { restored } from "#lib/drafts/rules.ts";
import { findDraft, listDrafts } from "#lib/drafts/service.ts";
import { page } from "#lib/guard/page.tsx";
import { newId } from "#lib/ids.ts";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { charterValues, type FormValues } from "#lib/pilots/form.ts";
import { dayIn } from "#lib/pilots/rules.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { getPilot, listPilots } from "#lib/pilots/service.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { loadShell } from "../../load-shell.ts";
import { create, keepDraft, throwAwayDraft } from "../actions.ts";

const USUAL_LENGTH = 28 * DAY;

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

/** Another pilot's charter with the days of a new one. */
async function copied(scope: Scope, pilotId: string | undefined, endsOn: string): Promise<FormValues> {
  if (!pilotId || !maySee(scope, pilotId)) return {};
  const { charter, timeZone } = await getPilot(scope, pilotId);
  return { ...charterValues(charter.charter), timeZone, "rollback.endsOn": endsOn };
}

export default page({
  permission: "pilot.create",
  query: z.object({
    draft: z.string().max(100).optional().catch(undefined),
    from: z.string().max(100).optional().catch(undefined),
    step: z.string().max(20).optional().catch(undefined),
  }),
  handler: async ({ scope, session, query }) => {
    const [repositories, pilots, drafts, agents, people] = await Promise.all([
      listRepositories(scope),
      listPilots(scope),
      listDrafts(scope),
      listAgents(scope),
      listPossibleOwners(scope, null),
    ]);
    const draft = query.draft ? await findDraft(scope, query.draft) : null;
    const first = repositories.find(({ state }) => state === "ready");
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const endsOn = dayIn(timeZone, scope.clock.now() + USUAL_LENGTH);
    const charter = defaultCharter(first?.id ?? "", first?.branch ?? "main", endsOn);
    const usual = { ...charterValues(charter), name: "", timeZone };
    const begun = { ...usual, ...(await copied(scope, query.from, endsOn)) };
    const id = draft?.id ?? newId("draft", scope.clock.now());
    return (
      <Shell
        data={await loadShell(scope, session)}
        current="pilots"
        crumbs={[
          { title: "Pilots", href: "/pilots" },
          { title: "New", href: "/pilots/new" },
        ]}
      >
        {draft ? null : <Drafts drafts={drafts} discard={throwAwayDraft} isFolded />}
        <CharterForm
          key={draft?.id ?? query.from ?? "new"}
          pilot={null}
          values={draft ? restored(begun, draft.values) : begun}
          base={begun}
          repositories={repositories}
          agents={agents}
          people={people}
          roles={await listGateRoles(scope)}
          templates={TEMPLATES.map(({ key, title, text, charter: of }) => ({
            ...{ key, title, text },
            values: templateValues(of(charter)),
          }))}
          pilots={pilots.map((pilot) => ({ id: pilot.id, name: pilot.name }))}
          present={{
            holders: await listHolders(scope, null),
            personId: actorId(scope.actor),
            pilotId: null,
          }}
          now={scope.clock.now()}
          draft={{ id, version: draft?.version ?? 0, save: keepDraft }}
          action={create}
        />
      </Shell>
    );
  },
});
