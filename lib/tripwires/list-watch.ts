// How near each pilot is to its nearest tripwire, and what holds it: for lists, in three statements.
import { visiblePilots } from "../authz/rules.ts";
import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { measureOf } from "./measures.ts";
import { isBeyond, type Reading, type WireState, wayGone } from "./rules.ts";
import { type Tripwire, Tripwires } from "./schema.ts";
import { selectCharters, selectFreezes, selectReadingsOf } from "./watch-store.ts";
import { wireLine } from "./wire-line.ts";
import { nearWords, thenWords } from "./wire-words.ts";

export interface NearestWire {
  readonly line: string;
  readonly title: string;
  readonly state: WireState;
  /** 0 to 1; null where it cannot be told. */
  readonly way: number | null;
  /** "$1.20 of $20, then paused", or that there is too little to tell. */
  readonly words: string;
}

export interface PilotWatch {
  readonly wires: number;
  /** What tripped first, else what is furthest on its way; null without a tripwire. */
  readonly nearest: NearestWire | null;
  /** The line of the wire that froze merges; null where they go on. */
  readonly frozenBy: string | null;
}

interface Read extends Reading {
  readonly state: WireState | null;
}

function nearestOf(wire: Tripwire, reading: Read | undefined): NearestWire {
  const state = reading?.state ?? "armed";
  const near = reading && isBeyond(wire, reading) !== null ? nearWords(wire, reading) : null;
  const words = near === null ? "too little to tell yet" : `${near}, ${thenWords(wire)}`;
  const way = near === null || !reading ? null : wayGone(wire, reading);
  return {
    ...{ line: wireLine(wire), title: measureOf(wire.measure).title, state, way },
    words: state === "tripped" ? `tripped${near === null ? "" : `, ${near} now`}` : words,
  };
}

const rank = ({ state, way }: NearestWire): number => (state === "tripped" ? 2 : (way ?? -1));

/** By pilot, of those whose numbers the scope may see and that go on. */
export async function listWatch(scope: Scope): Promise<Readonly<Record<string, PilotWatch>>> {
  const pilots = visiblePilots(scope.grants, "kpi.view");
  const [charters, readings, freezes] = await read(scope, (db) =>
    Promise.all([selectCharters(db, pilots), selectReadingsOf(db, pilots), selectFreezes(db, pilots)]),
  );
  const readingsOf = Map.groupBy(readings, ({ pilotId }) => pilotId);
  const watched = charters.map(({ pilotId, tripwires }): [string, PilotWatch] => {
    const own = readingsOf.get(pilotId) ?? [];
    const wires = Tripwires.parse(tripwires).map((wire) =>
      nearestOf(
        wire,
        own.find((row) => row.wire === wireLine(wire)),
      ),
    );
    const [nearest = null] = wires.toSorted((one, other) => rank(other) - rank(one));
    const frozenBy = freezes.find((freeze) => freeze.pilotId === pilotId)?.wire ?? null;
    return [pilotId, { wires: wires.length, nearest, frozenBy }];
  });
  return Object.fromEntries(watched);
}
