// What a trip does beyond pausing. Runs are locked before their pilot, so what reaches all of its runs is done here, soon
// after the wire tripped: each step once, in one transaction with its entry, by whichever worker is first.
import { read, type Tx, transaction } from "../db.ts";
import { ownersAndLeads } from "../notices/owners/owners.ts";
import { charterInForce } from "../pilots/service.ts";
import { prepareRevert } from "../reverts/request-revert.ts";
import { REVERT_KIND } from "../reverts/schema.ts";
import { cancelLocked } from "../runs/cancel-run.ts";
import { lockOpenRuns } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { pullStopInTx } from "../stops/pull-stop.ts";
import { selectStanding } from "./counts-store.ts";
import type { TripStep } from "./schema.ts";
import { markStepDone, noteReached, selectWaitingSteps, type WaitingStep } from "./store.ts";

const AT_ONCE = 50;
/** Newest merges first: an older one may rest on what came before it. */
const MOST_REVERTS = 20;
const REASON = "A tripwire of the charter tripped.";

/** How many were done. One that cannot be keeps no other waiting. */
export async function carryOutSteps(scope: Scope): Promise<number> {
  let done = 0;
  const failures: unknown[] = [];
  for (const step of await read(scope, (db) => selectWaitingSteps(db, AT_ONCE)))
    await transaction(scope, (tx) => carryOut(tx, scope, step)).then(
      (isDone) => {
        if (isDone) done += 1;
      },
      (error: unknown) => {
        failures.push(error);
      },
    );
  if (failures.length > 0)
    throw new AggregateError(failures, "Some steps of tripwires could not be carried out; the others were.");
  return done;
}

async function carryOut(tx: Tx, scope: Scope, waiting: WaitingStep): Promise<boolean> {
  const { tripId, pilotId, step } = waiting;
  // Two workers wait for each other at the runs, or here; the second one finds it done.
  const open = step === "cancel_runs" ? await lockOpenRuns(tx, pilotId) : [];
  if (!(await markStepDone(tx.db, waiting, new Date(scope.clock.now())))) return false;
  const meant = open.filter(
    ({ launchedAt, kind }) => kind !== REVERT_KIND && launchedAt <= waiting.trippedAt,
  );
  for (const run of meant) await cancelLocked(tx, scope, run, REASON);
  const reached = step === "cancel_runs" ? meant.length : await reachedBy(tx, scope, step, waiting);
  await noteReached(tx.db, waiting, reached);
  tx.record({
    kind: "pilot.wire_step_done",
    about: [`pilot:${pilotId}`],
    charter: await charterInForce(tx.db, pilotId),
    detail: { trip: tripId, step, reached },
  });
  return true;
}

async function reachedBy(
  tx: Tx,
  scope: Scope,
  step: Exclude<TripStep, "cancel_runs">,
  { pilotId, countedFrom: from, trippedAt: to }: WaitingStep,
): Promise<number> {
  switch (step) {
    case "revoke_tokens":
      return (await pullStopInTx(tx, scope, { scope: "pilot", pilotId, reason: REASON })).runsStopped;
    case "prepare_reverts": {
      let prepared = 0;
      for (const runId of await selectStanding(tx.db, { pilotId, from, to }, MOST_REVERTS))
        if (await prepareRevert(tx, scope, runId)) prepared += 1;
      return prepared;
    }
    case "escalate":
      return (await ownersAndLeads(tx.db, pilotId)).length;
    case "freeze_merges": // in force since it tripped: whoever merges looks for the trip
    case "warn":
    case "pause":
      return 0;
  }
}
