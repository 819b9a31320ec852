// Open decisions by when they run out. Days are UTC days, as everywhere a day is cut on the server.
import type { GateView } from "#lib/gates/schema.ts";
import { formatDay } from "../format.ts";

const DAY = 86_400_000;

export interface DeadlineGroup {
  readonly title: string;
  readonly gates: readonly GateView[];
}

const dayOf = (at: number): number => Math.floor(at / DAY);

function titleOf(gate: GateView, now: number): string {
  if (gate.status !== "open") return "Decided";
  const days = dayOf(gate.expiresAt.getTime()) - dayOf(now);
  if (days <= 0) return "Today";
  return days === 1 ? "Tomorrow" : formatDay(gate.expiresAt.toISOString());
}

/** Soonest first; decided ones come as one group, newest decision first. */
export function byDeadline(gates: readonly GateView[], now: number): DeadlineGroup[] {
  const order = (gate: GateView) =>
    gate.status === "open" ? gate.expiresAt.getTime() : -(gate.decidedAt?.getTime() ?? 0);
  const groups = new Map<string, GateView[]>();
  for (const gate of gates.toSorted((a, b) => order(a) - order(b))) {
    const title = titleOf(gate, now);
    groups.set(title, [...(groups.get(title) ?? []), gate]);
  }
  return [...groups].map(([title, members]) => ({ title, gates: members }));
}
