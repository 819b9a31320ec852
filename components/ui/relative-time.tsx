"use client";

import { useSyncExternalStore } from "react";
import { formatClock, formatDay, formatExact, formatRelative } from "../format.ts";

const TICK_MS = 15_000;

// One ticker for every time on the page.
const listeners = new Set<() => void>();
let timer: number | undefined;
let now = 0;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = window.setInterval(tick, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** Null on the server and while hydrating, so that both write the same. */
function useNow(): number | null {
  return useSyncExternalStore(
    subscribe,
    () => {
      if (now === 0) now = Date.now();
      return now;
    },
    () => null,
  );
}

/** "12 s ago"; the exact time on hover. The server writes day and hour in UTC until the browser takes over. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const current = useNow();
  const text =
    current === null
      ? `${formatDay(at)} ${formatClock(at).slice(0, 5)} UTC`
      : formatRelative(Date.parse(at), current);
  return (
    <time dateTime={at} title={formatExact(at)} className={className}>
      {text}
    </time>
  );
}

/** "08:12:04" in the reader's time zone; the exact time on hover. */
export function ClockTime({ at, className }: { at: string; className?: string }) {
  const current = useNow();
  return (
    <time dateTime={at} title={formatExact(at)} className={className}>
      {formatClock(at, current !== null)}
    </time>
  );
}
