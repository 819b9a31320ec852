// What pages show of tripwires.
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { type WireState, wayGone } from "./rules.ts";
import type { TripRow, Tripwire } from "./schema.ts";
import { selectReadings, selectStates, selectTrips } from "./store.ts";
import { watchedPilot } from "./watch-wires.ts";
import { wireLine } from "./wire-line.ts";
import { conditionWords, distanceWords } from "./wire-words.ts";

export interface WireView {
  readonly line: string;
  readonly wire: Tripwire;
  readonly condition: string;
  readonly state: WireState;
  readonly since: Date | null;
  /** 0 to 1; null where it cannot be told. */
  readonly way: number | null;
  readonly distance: string;
  readonly readAt: Date | null;
}

export interface PilotWires {
  readonly wires: readonly WireView[];
  readonly trips: readonly TripRow[];
}

const MOST_TRIPS = 50;
const UNREAD = { value: null, sample: 0, baseline: null, isWhole: false } as const;

export async function getWires(scope: Scope, pilotId: string): Promise<PilotWires> {
  requirePermission(scope, "kpi.view", pilotId);
  return read(scope, async (db) => {
    const pilot = await watchedPilot(db, pilotId);
    const trips = await selectTrips(db, pilotId, MOST_TRIPS);
    if (!pilot) return { wires: [], trips };
    const states = await selectStates(db, pilotId);
    const readings = await selectReadings(db, pilotId);
    const wires = pilot.charter.rollback.tripwires.map((wire): WireView => {
      const line = wireLine(wire);
      const state = states.find((row) => row.wire === line);
      const reading = readings.find((row) => row.wire === line);
      return {
        ...{ line, wire, condition: conditionWords(wire) },
        ...{ state: state?.state ?? "armed", since: state?.since ?? null },
        ...{ way: wayGone(wire, reading ?? UNREAD), readAt: reading?.readAt ?? null },
        distance: reading ? distanceWords(wire, reading) : "It was not looked at yet.",
      };
    });
    return { wires, trips };
  });
}
