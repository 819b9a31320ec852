// What an emergency stop holds, and its end. Pulling one: pull-stop.ts.
import { visiblePilots } from "../authz/rules.ts";
import { type Db, read, type Tx } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { notify } from "../notify.ts";
import { charterInForce } from "../pilots/service.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { stopState } from "./rules.ts";
import type { StopView } from "./schema.ts";
import { findHoldingStop, findStop, lockStops, markLifted, selectLiveStops, shareStops } from "./store.ts";

/** Stops in force that concern the scope's pilots. */
export async function liveStops(scope: Scope): Promise<StopView[]> {
  return read(scope, (db) => selectLiveStops(db, visiblePilots(scope.grants)));
}

/** Why the pilot is held by a stop, or null when none is in force. */
export async function stopReason(db: Db, pilotId: string): Promise<string | null> {
  const stop = await findHoldingStop(db, pilotId);
  if (!stop) return null;
  return stop.reason === "" ? "no reason given" : stop.reason;
}

/** The same of a run's pilot, for the worker. */
export async function stopReasonOf(scope: Scope, runId: string): Promise<string | null> {
  return read(scope, async (db) => {
    const { pilotId } = await db.run.findUniqueOrThrow({ where: { id: runId }, select: { pilotId: true } });
    return stopReason(db, pilotId);
  });
}

/** No stop is pulled or lifted until this transaction ends: what it starts, a later stop finds and takes. */
export async function holdStops(db: Db): Promise<void> {
  await shareStops(db);
}

/** The resume gate was approved: the runs it took from their runners are dispatched again. */
export async function liftStop(tx: Tx, scope: Scope, stopId: string): Promise<void> {
  await lockStops(tx.db);
  const stop = await findStop(tx.db, stopId);
  if (!stop) throw notFound("stop");
  if (!(await markLifted(tx.db, stopId, new Date(scope.clock.now()))))
    throw conflict("This stop was lifted already.");
  tx.record({
    kind: "stop.lifted",
    about: stop.pilotId === null ? [`stop:${stopId}`] : [`stop:${stopId}`, `pilot:${stop.pilotId}`],
    charter: await charterInForce(tx.db, stop.pilotId),
    ...changeOf(stopState(stop, false), stopState(stop, true)),
    detail: { scope: stop.scope },
  });
  await notify(tx, "work_waiting", "");
}
