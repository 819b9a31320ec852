import type { Interval } from "#lib/kpis/schema.ts";

export interface IntervalBarProps {
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly target: number | null;
  /** All of it in words. */
  readonly label: string;
}

const WIDTH = 248;
const EDGE = 4;

/** Where a number stands on its own scale: band = 95 % interval, tick = target, dot = value. */
export function scaleOf({
  value,
  interval,
  target,
}: Pick<IntervalBarProps, "value" | "interval" | "target">): (at: number) => number {
  const most = Math.max(target ?? 0, value ?? 0, interval?.high ?? 0);
  const end = most > 0 ? most * 1.15 : 1;
  return (at) => EDGE + (Math.min(Math.max(at, 0), end) / end) * (WIDTH - 2 * EDGE);
}

export function IntervalBar(props: IntervalBarProps) {
  const { value, interval, target, label } = props;
  const x = scaleOf(props);
  return (
    <svg className="interval" viewBox={`0 0 ${WIDTH} 20`} role="img" aria-label={label}>
      <line x1="2" x2={WIDTH - 2} y1="10" y2="10" className="axis" />
      {interval ? (
        <rect
          x={x(interval.low)}
          y="6"
          width={Math.max(2, x(interval.high) - x(interval.low))}
          height="8"
          rx="2"
          className="band"
        />
      ) : null}
      {target === null ? null : <line x1={x(target)} x2={x(target)} y1="1" y2="19" className="target" />}
      {value === null ? null : <circle cx={x(value)} cy="10" r="3.5" className="dot-main" />}
    </svg>
  );
}
