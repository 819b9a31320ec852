// What was taken away of a run, and what could be.
import { launcherFor } from "../api-tokens/account-owners.ts";
import { may } from "../authz/require.ts";
import { PermissionDenied } from "../authz/rules.ts";
import { read } from "../db.ts";
import { namesOf } from "../people/service.ts";
import { holdOf } from "../retention/hold.ts";
import { getRun } from "../runs/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { copiesOf, refusalToRedact } from "./rules.ts";
import type { RedactionOffer, RedactionView } from "./schema.ts";
import { isDeciding, listOfRun } from "./store.ts";

/** Redactions of a run, newest first. */
export async function listRedactions(scope: Scope, runId: string): Promise<RedactionView[]> {
  await getRun(scope, runId);
  const rows = await read(scope, (db) => listOfRun(db, runId));
  const names = await namesOf(
    scope,
    rows.map(({ orderedBy }) => orderedBy),
  );
  return rows.map(({ target, orderedBy, runId: _, ...row }) => ({
    ...row,
    kind: target.kind,
    events: target.kind === "events" ? target.seqs : [],
    orderedBy,
    orderedByName:
      orderedBy === "system:retention" ? "the pilot's retention" : (names.get(orderedBy) ?? orderedBy),
  }));
}

/** Which copies there are and whether this person may have them taken away now. */
export async function offerRedaction(scope: Scope, runId: string): Promise<RedactionOffer> {
  const run = await getRun(scope, runId);
  const facts = await read(scope, async (db) => ({
    ...{ status: run.status, orderedBy: actorId(scope.actor) },
    launchedBy: await launcherFor(db, run.launchedBy, actorId(scope.actor)),
    isDeciding: await isDeciding(db, runId),
    holdReason: await holdOf(db, run.pilotId),
  }));
  const denied = may(scope, "payload.redact", run.pilotId)
    ? null
    : new PermissionDenied("payload.redact", run.pilotId).message;
  const isMerged = run.status === "merged";
  return {
    refusal: denied ?? refusalToRedact(facts, "events"),
    refusalOfAll: denied ?? refusalToRedact(facts, "all"),
    copies: copiesOf({ kind: "all", isMerged }),
    copiesOfEvents: copiesOf({ kind: "events", isMerged }),
    copiesOfAllEvents: copiesOf({ kind: "all_events", isMerged }),
  };
}
