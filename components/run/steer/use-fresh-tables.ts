import { useEffect, useRef } from "react";
import type { RunEvent } from "#lib/protocol/events.ts";
import { changesSteering } from "#lib/timeline/steering.ts";
import { useRefresh } from "../../shell/use-refresh.ts";

/** Steering events come in bursts: one reading for each. */
const SETTLE_MS = 150;

interface Known {
  /** Number of the last event that the page was made with. */
  readonly last: number;
  /** `stepsOf` the messages that the page shows. */
  readonly steps: number;
}

/**
 * Reads messages, asks and gates of the page again when an event, or what the stream says of messages (`talk`), says that they
 * may be others than when it was made.
 */
export function useFreshTables(events: readonly RunEvent[], talk: number, { last, steps }: Known): void {
  const refresh = useRefresh(SETTLE_MS);
  const seen = useRef(last);
  useEffect(() => {
    const isFresh = events.slice(seen.current).some(changesSteering);
    seen.current = Math.max(seen.current, events.length);
    if (isFresh) refresh();
  }, [events, refresh]);
  useEffect(() => {
    if (talk > steps) refresh();
  }, [talk, steps, refresh]);
}
