import { may } from "../authz/require.ts";
import { type Db, read } from "../db.ts";
import { charterOf } from "../pilots/service.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import type { ArtefactsView } from "./schema.ts";
import { selectViews, takeAll } from "./store.ts";

/** What a run handed in beside its patch, and what was left in its sandbox, in their order. */
export async function listArtefacts(scope: Scope, runId: string): Promise<ArtefactsView> {
  const { id, pilotId, charterId } = await getRun(scope, runId);
  const { artefacts, charter } = await read(scope, async (db) => ({
    artefacts: await selectViews(db, id),
    charter: await charterOf(db, charterId),
  }));
  const mayTake = may(scope, "artefact.take", pilotId);
  return {
    artefacts,
    paths: charter.environment.artefactPaths,
    days: charter.environment.artefactDays,
    mayAsk: may(scope, "artefact.promote", pilotId),
    mayTake,
    mayInspect: mayTake && may(scope, "payload.unmask", pilotId),
  };
}

/** For a redaction of all of a run: names, findings and digests. Returns how many. */
export const takeArtefacts = async (db: Db, runId: string, text: string, at: Date): Promise<number> =>
  (await takeAll(db, runId, text, at)).length;
