import { ArtefactsPage } from "#components/artefacts/artefacts-page.tsx";
import { listArtefacts } from "#lib/artefacts/service.ts";
import { page } from "#lib/guard/page.tsx";
import { getRun } from "#lib/runs/service.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { loadShell } from "../../../load-shell.ts";
import { RunPart } from "../run-part.tsx";
import { ask } from "./actions.ts";

export default page({
  permission: "run.view",
  handler: async ({ scope, session, params: { id = "" } }) => {
    const run = await maskValue(await getRun(scope, id));
    const [view, shell] = await Promise.all([listArtefacts(scope, id), loadShell(scope, session, { run })]);
    // Names and what was seen are texts of the agent's; states and ids are the page's.
    const shown = await maskValue(
      view.artefacts.map(({ path, problem, findings }) => ({
        ...{ path, problem, details: findings.map(({ detail }) => detail) },
      })),
    );
    const artefacts = view.artefacts.map((artefact, at) => ({
      ...artefact,
      path: shown[at]?.path ?? "",
      problem: shown[at]?.problem ?? null,
      findings: artefact.findings.map(({ rule }, n) => ({ rule, detail: shown[at]?.details[n] ?? "" })),
    }));
    return (
      <RunPart shell={shell} run={run} title="Artefacts" part="artefacts">
        <ArtefactsPage run={run} view={{ ...view, artefacts }} ask={view.mayAsk ? ask : null} />
      </RunPart>
    );
  },
});
