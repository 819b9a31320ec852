// Which row of a timeline an event stands in. A row is named by the number of the event that opened it; what comes later,
// a piece of output or the end of a command, changes it. So the row of an event is the one that its coming changed,
// whatever the kind.
import type { RunEvent } from "../protocol/events.ts";
import { EMPTY, withEvent } from "./rules.ts";
import type { Timeline } from "./schema.ts";

/** A timeline with the events it was told by. Both lists are in order, without gaps from number 1. */
export interface Placed {
  readonly timeline: Timeline;
  readonly events: readonly RunEvent[];
  /** The row of each event; null where the timeline shows nothing of it. */
  readonly rows: readonly (number | null)[];
}

const NOTHING: Placed = { timeline: EMPTY, events: [], rows: [] };

/** Takes events in that follow on each other; what is known already changes nothing. */
export function withEvents(placed: Placed, arrived: readonly RunEvent[]): Placed {
  const events = [...placed.events];
  const rows = [...placed.rows];
  let { timeline } = placed;
  for (const event of arrived) {
    const next = withEvent(timeline, event);
    if (next === timeline) continue;
    events.push(event);
    rows.push(changedRow(timeline, next));
    timeline = next;
  }
  return { timeline, events, rows };
}

export const placedOf = (events: readonly RunEvent[]): Placed => withEvents(NOTHING, events);

function changedRow({ entries: before }: Timeline, { entries: after }: Timeline): number | null {
  // What is new comes last, whatever else an attempt's end changes.
  const at =
    after.length > before.length ? after.length - 1 : after.findLastIndex((entry, n) => entry !== before[n]);
  const entry = after[at];
  if (!entry) return null;
  if (entry.kind === "mark") return entry.seq;
  const old = before[at];
  const items = old?.kind === "step" ? old.items : [];
  return entry.items.findLast((item, n) => item !== items[n])?.seq ?? entry.seq;
}

/** An event and the row it stands in. */
export interface PlacedEvent {
  readonly event: RunEvent;
  readonly row: number | null;
  /** Numbers of all events of the row, in order; of one without a row its own. */
  readonly ofRow: readonly number[];
}

/** Null where it has not been told yet. */
export function findPlaced({ events, rows }: Placed, seq: number): PlacedEvent | null {
  const event = events[seq - 1];
  const row = rows[seq - 1] ?? null;
  if (!event) return null;
  if (row === null) return { event, row, ofRow: [seq] };
  return { event, row, ofRow: rows.flatMap((each, n) => (each === row ? [n + 1] : [])) };
}

/** `?event=` of an address; null for what is no number of an event. */
export const eventNumber = (text: string | null): number | null =>
  text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
