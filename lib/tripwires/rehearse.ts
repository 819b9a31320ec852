// When a tripwire would have tripped, by the rows there are. What came to be known later is not used.
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { selectInstants } from "./counts-store.ts";
import { readWireAt } from "./readings.ts";
import { moveOf, onlyWarns, type WireState } from "./rules.ts";
import { Tripwire } from "./schema.ts";
import { watchedPilot } from "./watch-wires.ts";
import { readWire } from "./wire-line.ts";

/** A page waits for it, and each takes a few queries. */
const MOST_INSTANTS = 400;

export interface Rehearsal {
  readonly wire: Tripwire;
  readonly from: Date;
  /** Where looking ended: now, or earlier where there was too much to look at. */
  readonly to: Date;
  readonly isWhole: boolean;
  readonly trips: readonly { readonly at: Date; readonly value: number; readonly sample: number }[];
}

export type RehearsalResult =
  | { readonly ok: true; readonly rehearsal: Rehearsal }
  | { readonly ok: false; readonly sentence: string };

/**
 * Since the pilot's activation. After a trip it is taken that people let the pilot go on at once, so that nothing before
 * it counts again; one that only warns is armed again as it would be.
 */
export async function rehearse(scope: Scope, pilotId: string, line: string): Promise<RehearsalResult> {
  requirePermission(scope, "kpi.view", pilotId);
  const typed = readWire(line);
  if (!typed.ok) return typed;
  const parsed = Tripwire.safeParse(typed.wire);
  if (!parsed.success)
    return { ok: false, sentence: parsed.error.issues[0]?.message ?? "It is no tripwire." };
  const wire = parsed.data;
  return read(scope, async (db) => {
    const pilot = await watchedPilot(db, pilotId);
    if (!pilot)
      return { ok: false, sentence: "The pilot was never active: there is nothing to rehearse on." };
    const window = { pilotId, from: pilot.activatedAt, to: new Date(scope.clock.now()) };
    const found = await selectInstants(db, window, wire.windowHours, MOST_INSTANTS);
    const instants = found.slice(0, MOST_INSTANTS);
    const trips: { at: Date; value: number; sample: number }[] = [];
    let [state, countsFrom]: [WireState, Date | null] = ["armed", null];
    for (const at of instants) {
      const reading = await readWireAt(db, pilot, wire, { at, countsFrom });
      const move = moveOf(wire, state, reading);
      if (move === "trips" && reading.value !== null) {
        trips.push({ at, value: reading.value, sample: reading.sample });
        if (onlyWarns(wire)) state = "tripped";
        else countsFrom = at;
      }
      if (move === "clears") state = "armed";
    }
    const isWhole = found.length <= MOST_INSTANTS;
    const to = isWhole ? window.to : (instants.at(-1) ?? window.to);
    return { ok: true, rehearsal: { wire, from: window.from, to, isWhole, trips } };
  });
}
