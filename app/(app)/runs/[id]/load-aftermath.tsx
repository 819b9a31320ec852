// What became of a run's merge, for its page and its review.
import type { ReactNode } from "react";
import { Aftermath } from "#components/run/aftermath/aftermath.tsx";
import { ScoreDocument } from "#components/run/aftermath/score-document.tsx";
import { can } from "#lib/authz/rules.ts";
import { findScore } from "#lib/documents/service.ts";
import { findWatch } from "#lib/merge-watches/service.ts";
import { findRevertLinks } from "#lib/reverts/service.ts";
import type { RunView } from "#lib/runs/schema.ts";
import type { Scope } from "#lib/scope.ts";
import { maskValue } from "#lib/secrets/mask-value.ts";
import { revert, scoreIt } from "./actions.ts";

/** The caller has checked that the scope may see the run. */
export async function loadAftermath(scope: Scope, run: RunView): Promise<ReactNode> {
  const links = await maskValue(await findRevertLinks(scope, run.id));
  const mayAsk = run.status === "merged" && can(scope.grants, "run.revert", run.pilotId);
  const score = await findScore(scope, run.id);
  return (
    <>
      <Aftermath
        runId={run.id}
        pilotId={run.pilotId}
        where={`${run.repositoryName}@${run.branch}`}
        links={links}
        watch={await findWatch(scope, run.id)}
        revert={mayAsk && !links.isUnderWay ? revert : null}
      />
      {score ? <ScoreDocument runId={run.id} score={score} save={scoreIt} /> : null}
    </>
  );
}
