// What a run's timeline hears of its calls, from the gateway.

import type { Ring } from "../bell.ts";
import { type PreparedTimeline, preparedTimeline } from "../events/prepared.ts";
import type { NewEvent } from "../protocol/events.ts";
import type { Scope } from "../scope.ts";

export interface Told {
  readonly runId: string;
  readonly attempt: number;
  readonly charter: string;
  readonly at: number;
  readonly event: NewEvent;
}

/** In the order of the runs' ids: every statement of the gateway goes through their timelines in it. */
export function timelinesOf(scope: Scope, told: readonly Told[]): PreparedTimeline[] {
  const byTimeline = Map.groupBy(told, ({ runId, attempt }) => `${runId} ${attempt}`);
  return [...byTimeline]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...others]]) =>
      first ? preparedTimeline(scope, { ...first, events: [first, ...others] }) : [],
    );
}

/** Open pages look again. */
export const ringsOf = (told: readonly { readonly runId: string }[]): Ring[] => [
  ...[...new Set(told.map(({ runId }) => runId))].map((payload) => ({
    channel: "run_changed" as const,
    payload,
  })),
  { channel: "record_grew", payload: "" },
];
