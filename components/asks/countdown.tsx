"use client";

import { useSyncExternalStore } from "react";
import { SECOND } from "#lib/clock.ts";
import { formatClock, formatDay, formatDuration, formatExact } from "../format.ts";

const everySecond = (listener: () => void) => {
  const timer = window.setInterval(listener, SECOND);
  return () => window.clearInterval(timer);
};
const wholeSeconds = () => Math.floor(Date.now() / SECOND) * SECOND;

/** "12 min 31 s left"; the time itself until the browser takes over, and on hover. */
export function Countdown({ until }: { until: Date }) {
  const iso = until.toISOString();
  const now = useSyncExternalStore(everySecond, wholeSeconds, () => 0);
  const left = until.getTime() - now;
  const text =
    now === 0
      ? `until ${formatDay(iso)} ${formatClock(iso).slice(0, 5)} UTC`
      : left <= 0
        ? "time is over"
        : `${formatDuration(left)} left`;
  return (
    <time dateTime={iso} title={formatExact(iso)} className="num nowrap">
      {text}
    </time>
  );
}
