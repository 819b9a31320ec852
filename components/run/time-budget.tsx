import { useSyncExternalStore } from "react";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { formatDuration } from "../format.ts";
import { Meter } from "../ui/meter.tsx";

interface TimeBudgetProps {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly maxMinutes: number;
}

const everySecond = (listener: () => void) => {
  const timer = window.setInterval(listener, SECOND);
  return () => window.clearInterval(timer);
};
const nothing = () => () => {};
const wholeSeconds = () => Math.floor(Date.now() / SECOND) * SECOND;

/** Wall clock used of what the charter gives one attempt. */
export function TimeBudget({ startedAt, endedAt, maxMinutes }: TimeBudgetProps) {
  const runs = startedAt !== null && endedAt === null;
  const start = startedAt === null ? 0 : Date.parse(startedAt);
  const now = useSyncExternalStore(runs ? everySecond : nothing, wholeSeconds, () => start);
  const used = startedAt === null ? 0 : Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - start);
  const share = used / (maxMinutes * MINUTE);
  return (
    <div className="bl">
      <span>Time</span>
      <Meter
        share={share}
        tone={share >= 0.9 ? "need" : "accent"}
        label={`${Math.round(share * 100)} % of the time used`}
      />
      <span className="num">
        {startedAt === null ? "–" : formatDuration(used)} / {maxMinutes} min
      </span>
    </div>
  );
}
