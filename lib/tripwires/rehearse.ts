// When a tripwire would have tripped, by the rows there are. What came to be known later is not used.
import { requirePermission } from "../authz/require.ts";
import { DAY, HOUR } from "../clock.ts";
import { type Db, read } from "../db.ts";
import { kpiContextOf, listKpiRowsIn } from "../kpis/read-kpi.ts";
import type { Scope } from "../scope.ts";
import { selectMoments, type Window } from "./counts-store.ts";
import { isKpi } from "./measures.ts";
import { readWireAt } from "./readings.ts";
import { moveOf, onlyWarns, type WireState } from "./rules.ts";
import { Tripwire } from "./schema.ts";
import { watchedPilot } from "./watch-wires.ts";
import { readWire } from "./wire-line.ts";

/** A page waits for it, and each takes a few queries. */
const MOST_INSTANTS = 400;
const MOST_DAYS = 120;

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
    const { instants, isWhole } = await instantsOf(db, window, wire);
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
    const to = isWhole ? window.to : (instants.at(-1) ?? window.to);
    return { ok: true, rehearsal: { wire, from: window.from, to, isWhole, trips } };
  });
}

/**
 * When the number may have changed: something took place, or left the window. What lasts also changes by itself and is
 * looked at daily; so is every number with a lower bound, which falls while nothing happens.
 */
async function instantsOf(db: Db, window: Window, { measure, windowHours }: Tripwire) {
  const { pilotId, from, to } = window;
  const rows = isKpi(measure)
    ? await listKpiRowsIn(
        db,
        await kpiContextOf(db, pilotId),
        { pilotId, kpi: measure, from, to, asOf: to },
        MOST_INSTANTS,
      )
    : [];
  const moments = isKpi(measure)
    ? rows.map(({ at }) => at)
    : await selectMoments(db, measure, window, MOST_INSTANTS);
  const days = Array.from(
    { length: Math.min(MOST_DAYS, Math.floor((to.getTime() - from.getTime()) / DAY)) },
    (_, day) => to.getTime() - day * DAY,
  );
  const moves = moments.flatMap((at) => [at.getTime() + 1, at.getTime() + windowHours * HOUR + 1]);
  const all = [...new Set([...moves, ...days, to.getTime()])]
    .filter((at) => at > from.getTime() && at <= to.getTime())
    .sort((one, other) => one - other);
  const isWhole = moments.length < MOST_INSTANTS && all.length <= MOST_INSTANTS;
  return { instants: all.slice(0, MOST_INSTANTS).map((at) => new Date(at)), isWhole };
}
