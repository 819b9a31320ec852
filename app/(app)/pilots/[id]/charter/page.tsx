import { z } from "zod";
import { CharterForm } from "#components/pilots/charter-form.tsx";
import { Drafts } from "#components/pilots/drafts.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { listAgents } from "#lib/agents/service.ts";
import { listGateRoles, listHolders, listPossibleOwners } from "#lib/charters/possible-gates.ts";
import { restored } from "#lib/drafts/rules.ts";
import { findDraft, listDrafts } from "#lib/drafts/service.ts";
import { page } from "#lib/guard/page.tsx";
import { newId } from "#lib/ids.ts";
import { charterValues } from "#lib/pilots/form.ts";
import { getPilot } from "#lib/pilots/service.ts";
import { listRepositories } from "#lib/repositories/service.ts";
import { actorId } from "#lib/scope.ts";
import { loadShell } from "../../../load-shell.ts";
import { amend, keepDraft, throwAwayDraft } from "../../actions.ts";

export default page({
  permission: "pilot.amend",
  pilot: ({ id = "" }) => id,
  query: z.object({
    draft: z.string().max(100).optional().catch(undefined),
    step: z.string().max(20).optional().catch(undefined),
  }),
  handler: async ({ scope, session, query, params: { id = "" } }) => {
    const pilot = await getPilot(scope, id);
    const newest = Math.max(...pilot.versions.map(({ version }) => version));
    const found = query.draft ? await findDraft(scope, query.draft) : null;
    const draft = found?.pilotId === id ? found : null;
    const drafts = (await listDrafts(scope)).filter(({ pilotId }) => pilotId === id);
    const draftId = draft?.id ?? newId("draft", scope.clock.now());
    const base = charterValues(pilot.charter.charter);
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
        {draft ? null : <Drafts drafts={drafts} discard={throwAwayDraft} isFolded />}
        <CharterForm
          key={draft?.id ?? "new"}
          pilot={{ id, name: pilot.name, nextVersion: newest + 1 }}
          values={draft ? restored(base, draft.values) : base}
          base={base}
          repositories={await listRepositories(scope)}
          agents={await listAgents(scope)}
          people={await listPossibleOwners(scope, id)}
          roles={await listGateRoles(scope)}
          present={{
            holders: await listHolders(scope, id),
            personId: actorId(scope.actor),
            pilotId: id,
          }}
          now={scope.clock.now()}
          draft={{ id: draftId, version: draft?.version ?? 0, save: keepDraft }}
          action={amend}
        />
      </Shell>
    );
  },
});
