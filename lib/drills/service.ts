// Drills of the emergency stop after they began: their runs are stopped together, by what an emergency stop does to a run, and
// cancelled; what it measured is theirs. No dispatch of others is held, and nothing has to be lifted.
import { visiblePilots } from "../authz/rules.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { charterInForce } from "../pilots/service.ts";
import { cancelLocked } from "../runs/cancel-run.ts";
import { isEnded } from "../runs/rules.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { stopRun } from "../runs/stop-runs.ts";
import type { Scope } from "../scope.ts";
import { listReaches, reachesOf } from "../stop-times/service.ts";
import { holdStops } from "../stops/service.ts";
import { type DrillStep, nextStep, type Tally, tallyOf } from "./rules.ts";
import type { DrillFault, DrillView } from "./schema.ts";
import {
  type DrillRow,
  findLastEnded,
  moveDrill,
  selectDrillRuns,
  selectDrills,
  selectOpenDrills,
} from "./store.ts";

const SHOWN = 20;

/** The newest drills of pilots the scope may see, newest first, with what they measured. */
export async function listDrills(scope: Scope): Promise<DrillView[]> {
  const drills = await read(scope, (db) => selectDrills(db, visiblePilots(scope.grants), SHOWN));
  const reached = await Promise.all(drills.map(({ id }) => listReaches(scope, { drillId: id })));
  return drills.map((drill, index) => ({ ...drill, reached: reached[index] ?? [] }));
}

export interface LastDrill extends Tally {
  readonly endedAt: Date;
  /** Runs that it began with. */
  readonly wanted: number;
  /** Null where it was carried through. */
  readonly fault: DrillFault | null;
}

/** The drill of any pilot that ended last, however it ended, with its tally; null where none was practised. */
export async function lastDrill(scope: Scope): Promise<LastDrill | null> {
  return read(scope, async (db) => {
    const drill = await findLastEnded(db);
    return drill && { ...drill, ...(await tallyIn(db, drill.id)) };
  });
}

/** Moves every drill that can go on. Returns how many did. */
export async function carryOutDrills(scope: Scope): Promise<number> {
  let moved = 0;
  for (const drill of await read(scope, selectOpenDrills)) {
    const step = await read(scope, (db) => stepOf(db, scope, drill));
    if (step !== "wait" && (await carryOut(scope, drill, step))) moved += 1;
  }
  return moved;
}

async function stepOf(db: Db, scope: Scope, drill: DrillRow): Promise<DrillStep> {
  const runs = await selectDrillRuns(db, drill.id);
  const reached = await reachesOf(db, drill.id);
  const working = runs.filter(({ status, isHeld }) => status === "working" && isHeld).length;
  const outcomes = reached.map(({ outcome }) => outcome);
  return nextStep({ ...drill, open: runs.length, working, outcomes }, scope.clock.now());
}

const tallyIn = async (db: Db, drillId: string): Promise<Tally> => tallyOf(await reachesOf(db, drillId));

async function carryOut(scope: Scope, drill: DrillRow, step: Exclude<DrillStep, "wait">): Promise<boolean> {
  return transaction(scope, async (tx) => {
    if (step === "pull") return pull(tx, scope, drill);
    return end(tx, scope, drill, step === "done" ? null : step);
  });
}

async function end(tx: Tx, scope: Scope, drill: DrillRow, fault: DrillFault | null): Promise<boolean> {
  const endedAt = new Date(scope.clock.now());
  const state = fault === null ? "done" : "failed";
  const unpulled = fault === "no_runner" ? { pulledAt: null } : {};
  if (!(await moveDrill(tx.db, drill.id, drill.state, { state, endedAt, fault, ...unpulled }))) return false;
  await cancelRuns(tx, scope, drill);
  const tally = await tallyIn(tx.db, drill.id);
  tx.record({
    kind: "drill.ended",
    about: [`drill:${drill.id}`, `pilot:${drill.pilotId}`],
    charter: await charterOfDrill(tx, drill),
    detail: { outcome: state, ...(fault && { fault }), ...tally },
  });
  return true;
}

const REASON = "drill of the emergency stop";

/** All at once, as an emergency stop does: one commit, and every runner is told after it. */
async function pull(tx: Tx, scope: Scope, drill: DrillRow): Promise<boolean> {
  const pulledAt = new Date(scope.clock.now());
  await holdStops(tx.db);
  if (!(await moveDrill(tx.db, drill.id, "gathering", { state: "pulled", pulledAt }))) return false;
  let runs = 0;
  for (const { id, isHeld } of await selectDrillRuns(tx.db, drill.id)) {
    if (isHeld && (await stopRun(tx, scope, id, { cause: { drillId: drill.id }, reason: REASON, pulledAt })))
      runs += 1;
  }
  // All that worked came to an end since it was looked: nothing was pulled.
  if (runs === 0) return end(tx, scope, { ...drill, state: "pulled" }, "no_runner");
  await cancelRuns(tx, scope, drill);
  tx.record({
    kind: "drill.pulled",
    about: [`drill:${drill.id}`, `pilot:${drill.pilotId}`],
    charter: await charterOfDrill(tx, drill),
    detail: { runs },
  });
  return true;
}

async function cancelRuns(tx: Tx, scope: Scope, drill: DrillRow): Promise<void> {
  for (const { id } of await selectDrillRuns(tx.db, drill.id)) {
    const run = await lockRun(tx, id);
    if (!isEnded(run.status)) await cancelLocked(tx, scope, run, "The drill is over.");
  }
}

async function charterOfDrill(tx: Tx, { id, pilotId }: DrillRow): Promise<string> {
  const run = await tx.db.run.findFirst({
    where: { kind: "drill", requestKey: { startsWith: `${id}-` } },
    select: { charterDigest: true },
    orderBy: { id: "asc" },
  });
  const digest = run?.charterDigest ?? (await charterInForce(tx.db, pilotId));
  if (!digest) throw new Error(`drill ${id} has no charter`);
  return digest;
}
