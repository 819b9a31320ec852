// What lay where artefacts are looked for and was left in the sandbox: it is shown, with the reason.
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { charterOf } from "../pilots/service.ts";
import { MOST_REFUSED } from "../protocol/artefacts.ts";
import type { BodyOf } from "../protocol/events.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { artefactPlanOf } from "./rules.ts";
import { countOf, insertArtefact, nextNumber } from "./store.ts";

/** What the event `artefact_refused` brings about: it stands in the run's list, and can never be anything else. */
export async function noteRefused(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  attempt: number,
  { path, fault, times }: BodyOf<"artefact_refused">,
): Promise<void> {
  if (artefactPlanOf(await charterOf(tx.db, run.charterId)) === null)
    throw refused("The charter of this run lets it hand in no artefacts.");
  const { left } = await countOf(tx.db, run.id, attempt);
  if (left >= MOST_REFUSED + 10) throw refused("This attempt named too many artefacts that were left.");
  const now = scope.clock.now();
  const id = newId("artefact", now);
  const more = times > 1 ? `, and ${times - 1} more` : "";
  await insertArtefact(tx.db, {
    ...{ id, runId: run.id, attempt, number: await nextNumber(tx.db, run.id), blobId: null, path },
    ...{ size: 0, sha256: "", state: "refused", createdAt: new Date(now) },
    findings: [{ rule: fault, detail: `Left in the sandbox${more}.` }],
  });
  tx.record({
    kind: "artefact.refused",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    detail: { artefact: id, attempt, by: "runner", rules: [fault] },
  });
}
