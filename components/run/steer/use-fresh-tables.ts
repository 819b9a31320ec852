import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import type { RunEvent } from "#lib/protocol/events.ts";
import { changesSteering } from "#lib/timeline/steering.ts";

/** Steering events come in bursts: one reading for each. */
const SETTLE_MS = 150;

/** Reads messages, asks and gates of the page again when an event says that they may be others than when it was made. */
export function useFreshTables(events: readonly RunEvent[], last: number): void {
  const router = useRouter();
  const seen = useRef(last);
  const settling = useRef<number | undefined>(undefined);
  useEffect(() => {
    const isFresh = events.slice(seen.current).some(changesSteering);
    seen.current = Math.max(seen.current, events.length);
    if (!isFresh) return;
    window.clearTimeout(settling.current);
    settling.current = window.setTimeout(() => router.refresh(), SETTLE_MS);
  }, [events, router]);
  useEffect(() => () => window.clearTimeout(settling.current), []);
}
