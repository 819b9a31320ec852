// What a charter does at a tripwire beyond pausing. Runs are locked before their pilot, so what reaches all of its runs is
// done by the worker, soon after the run that tripped it has let go of both.
import { read, type Tx, transaction } from "../../db.ts";
import { REVERT_KIND } from "../../reverts/schema.ts";
import { cancelLocked } from "../../runs/cancel-run.ts";
import { lockOpenRuns } from "../../runs/run-in-tx.ts";
import type { Scope } from "../../scope.ts";
import { pullStopInTx } from "../../stops/pull-stop.ts";
import { charterInForce } from "../service.ts";
import { markTripDone, selectWaitingTrips, type Trip } from "./trip-store.ts";

const AT_ONCE = 50;

/** How many were carried out. One that cannot be keeps no other waiting. */
export async function carryOutTrips(scope: Scope): Promise<number> {
  let done = 0;
  const failures: unknown[] = [];
  for (const trip of await read(scope, (db) => selectWaitingTrips(db, AT_ONCE)))
    await transaction(scope, (tx) => carryOut(tx, scope, trip)).then(
      (isDone) => {
        if (isDone) done += 1;
      },
      (error: unknown) => {
        failures.push(error);
      },
    );
  if (failures.length > 0)
    throw new AggregateError(failures, "Some tripwires could not be carried out; the others were.");
  return done;
}

const REASONS = {
  cancel: "Too many runs in a row failed; the charter cancels all of them then.",
  stop: "Too many runs in a row failed; the charter stops the pilot then.",
};

async function carryOut(tx: Tx, scope: Scope, trip: Trip): Promise<boolean> {
  const { id, pilotId, action, tripwire } = trip;
  const open = action === "cancel" ? await lockOpenRuns(tx, pilotId) : [];
  // Two workers wait for each other here; the second one finds it done.
  if (!(await markTripDone(tx.db, id, new Date(scope.clock.now())))) return false;
  const pulled =
    action === "stop"
      ? await pullStopInTx(tx, scope, { scope: "pilot", pilotId, reason: REASONS.stop })
      : null;
  // What was launched since then was launched by people who had let the pilot go on.
  // Taking back is what a tripwire is for.
  const meant = open.filter(({ launchedAt, kind }) => kind !== REVERT_KIND && launchedAt <= trip.trippedAt);
  for (const run of meant) await cancelLocked(tx, scope, run, REASONS.cancel);
  tx.record({
    kind: "pilot.trip_carried_out",
    about: [`pilot:${pilotId}`],
    charter: await charterInForce(tx.db, pilotId),
    detail: { trip: id, tripwire, action, runs: pulled?.runsStopped ?? meant.length },
  });
  return true;
}
