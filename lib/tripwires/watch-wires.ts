// Looks at every tripwire of every pilot that goes on, and does what the charter says where one trips: once, with the rows
// that made it trip in the record. The worker calls it again and again; two of them at once trip nothing twice.
import { createHash } from "node:crypto";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { voidGate } from "../gates/open-gate.ts";
import { newId } from "../ids.ts";
import { findActiveCharter, findOpenResumption, lockedPilot, pauseByTripwire } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { readWireAt, rowsBehind, type WatchedPilot, type WireReading } from "./readings.ts";
import { moveOf, onlyWarns, type WireMove } from "./rules.ts";
import type { Tripwire } from "./schema.ts";
import {
  findBegun,
  findLifted,
  insertTrip,
  lockState,
  type StateRow,
  saveReading,
  saveState,
  selectStates,
  selectWatched,
} from "./store.ts";
import { wireLine } from "./wire-line.ts";
import { conditionWords } from "./wire-words.ts";

const MOST_ROWS_IN_ENTRY = 50;

/** How many tripped. A wire whose number cannot be read keeps no other waiting. */
export async function watchWires(scope: Scope): Promise<number> {
  let tripped = 0;
  const failures: unknown[] = [];
  for (const pilotId of await read(scope, selectWatched)) {
    const pilot = await read(scope, (db) => watchedPilot(db, pilotId));
    for (const wire of pilot?.charter.rollback.tripwires ?? [])
      if (pilot)
        await watch(scope, pilot, wire).then(
          (isTripped) => {
            if (isTripped) tripped += 1;
          },
          (error: unknown) => {
            failures.push(error);
          },
        );
  }
  if (failures.length > 0)
    throw new AggregateError(failures, "Some tripwires could not be read; the others were.");
  return tripped;
}

export async function watchedPilot(db: Db, pilotId: string): Promise<WatchedPilot | null> {
  const { charter } = (await findActiveCharter(db, pilotId)) ?? {};
  const { activatedAt = null, baselineUntil = null } = (await findBegun(db, pilotId)) ?? {};
  return charter && activatedAt ? { id: pilotId, activatedAt, baselineUntil, charter } : null;
}

const NEVER_SEEN = { state: "armed" } as const;

/** Looks without locking anything; only where something moves is it looked at again, with the wire held. */
async function watch(scope: Scope, pilot: WatchedPilot, wire: Tripwire): Promise<boolean> {
  const line = wireLine(wire);
  const at = new Date(scope.clock.now());
  const seen = await transaction(scope, async ({ db }) => {
    const state = (await selectStates(db, pilot.id)).find((row) => row.wire === line) ?? NEVER_SEEN;
    const reading = await readWireAt(db, pilot, wire, { at, countsFrom: await findLifted(db, pilot.id) });
    await saveReading(db, pilot.id, { ...numbersOf(reading), wire: line, readAt: at });
    return moveOf(wire, state.state, reading);
  });
  if (seen === null) return false;
  const moved = await transaction(scope, (tx) => moveWire(tx, scope, pilot, wire, at));
  return moved === "trips";
}

const numbersOf = ({ value, sample, baseline, isWhole }: WireReading) => ({
  value,
  sample,
  baseline,
  isWhole,
});

async function moveWire(
  tx: Tx,
  scope: Scope,
  pilot: WatchedPilot,
  wire: Tripwire,
  at: Date,
): Promise<WireMove> {
  const line = wireLine(wire);
  const { status } = await lockedPilot(tx, pilot.id);
  const inForce = await findActiveCharter(tx.db, pilot.id);
  const isStill = inForce?.charter.rollback.tripwires.some((each) => wireLine(each) === line) ?? false;
  if (!inForce || !isStill || (status !== "active" && status !== "paused")) return null;
  const before: Pick<StateRow, "state"> = (await lockState(tx.db, pilot.id, line)) ?? NEVER_SEEN;
  const reading = await readWireAt(tx.db, pilot, wire, { at, countsFrom: await findLifted(tx.db, pilot.id) });
  const move = moveOf(wire, before.state, reading);
  if (move === null) return null;
  const state = move === "trips" ? "tripped" : "armed";
  await saveState(tx.db, pilot.id, { wire: line, state, since: at });
  if (move === "trips")
    await trip(tx, scope, { pilotId: pilot.id, wire, reading, at, digest: inForce.digest });
  else
    tx.record({
      kind: "pilot.wire_armed",
      about: [`pilot:${pilot.id}`],
      charter: inForce.digest,
      detail: { wire: sha256(line), by: "number" },
    });
  return move;
}

interface Trip {
  readonly pilotId: string;
  readonly wire: Tripwire;
  readonly reading: WireReading;
  readonly at: Date;
  /** Of the charter in force. */
  readonly digest: string;
}

async function trip(tx: Tx, scope: Scope, { pilotId, wire, reading, at, digest }: Trip): Promise<void> {
  const { value, sample, baseline, from } = reading;
  if (value === null) throw new Error("a wire tripped without a number");
  const [id, line] = [newId("trip", at.getTime()), wireLine(wire)];
  const rows = await rowsBehind(tx.db, pilotId, wire, { from, to: at });
  const trip = { value, sample, baseline, countedFrom: from, trippedAt: at, rows };
  await insertTrip(tx.db, { id, pilotId, wire: line, steps: wire.steps, ...trip });
  tx.record({
    kind: "pilot.wire_tripped",
    about: [`pilot:${pilotId}`],
    charter: digest,
    detail: {
      ...{ trip: id, wire: sha256(line), measure: wire.measure, steps: wire.steps },
      ...{ value_milli: Math.round(value * 1000), sample },
      ...{ rows: rows.slice(0, MOST_ROWS_IN_ENTRY), rows_sha256: sha256(rows.join("\n")) },
    },
  });
  if (onlyWarns(wire)) return;
  // Who was asked to let the pilot go on did not know of this.
  const resume = await findOpenResumption(tx.db, pilotId);
  if (resume !== null) await voidGate(tx, scope, resume, "A tripwire tripped after it was asked for.");
  await pauseByTripwire(tx, scope, pilotId, `A tripwire of the charter: ${conditionWords(wire)}.`);
}

export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
