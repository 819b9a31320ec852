"use client";

import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";

export interface ChartPoint {
  /** Of the axis, each once: "3 Mar". */
  readonly at: string;
  readonly value: number | null;
  /** Shaded; null where there is no interval. */
  readonly band: readonly [low: number, high: number] | null;
  /** Where it goes on like this: dashed. */
  readonly ahead?: number | null;
  /** What it should be, where that is another every day. */
  readonly aim?: number | null;
}

export interface ChartMark {
  /** A point's `at`. */
  readonly at: string;
  /** Of the list under the chart. */
  readonly number: number;
}

export interface MarkedChartProps {
  readonly points: readonly ChartPoint[];
  readonly marks: readonly ChartMark[];
  /** Null where nothing is aimed at. */
  readonly target: number | null;
  readonly baseline: number | null;
  readonly unit: string;
  /** The figures, for whoever does not see the chart. */
  readonly told: string;
}

const TICK = { fontSize: 11, fill: "var(--text-3)" };

const label = (word: string) => ({
  value: word,
  position: "right" as const,
  fontSize: 11,
  fill: "var(--text)",
});

/** One line with its interval, its target, the time before, and what happened meanwhile as numbers on top. */
export function MarkedChart({ points, marks, target, baseline, unit, told }: MarkedChartProps) {
  return (
    <div className="chart" role="img" aria-label={told}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          data={[...points]}
          margin={{ top: 18, right: 72, bottom: 0, left: -8 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--ch-grid)" />
          <XAxis
            dataKey="at"
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: "var(--line-strong)" }}
            minTickGap={24}
          />
          <YAxis tick={TICK} tickLine={false} axisLine={false} width={56} />
          <Tooltip content={<Tip unit={unit} />} cursor={{ stroke: "var(--line-strong)" }} />
          {marks.map(({ at, number }) => (
            <ReferenceLine
              key={number}
              x={at}
              stroke="var(--line-strong)"
              label={{ value: number, position: "top", fontSize: 11, fill: "var(--text-2)" }}
            />
          ))}
          <Area
            dataKey="band"
            stroke="none"
            fill="var(--ch-band)"
            fillOpacity={1}
            connectNulls
            isAnimationActive={false}
          />
          {target === null ? null : (
            <ReferenceLine
              y={target}
              stroke="var(--ch-target)"
              strokeDasharray="5 4"
              label={label("target")}
              ifOverflow="extendDomain"
            />
          )}
          {baseline === null ? null : (
            <ReferenceLine
              y={baseline}
              stroke="var(--ch-base)"
              label={label("baseline")}
              ifOverflow="extendDomain"
            />
          )}
          <Line
            dataKey="aim"
            stroke="var(--ch-target)"
            strokeDasharray="5 4"
            dot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="value"
            stroke="var(--ch-main)"
            strokeWidth={2}
            dot={points.length <= 31 ? { r: 3, fill: "var(--ch-main)" } : false}
            connectNulls
            isAnimationActive={false}
          />
          <Line
            dataKey="ahead"
            stroke="var(--ch-main)"
            strokeWidth={2}
            strokeDasharray="2 4"
            dot={false}
            connectNulls
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

const shown = (value: number) => (Math.round(value * 100) / 100).toLocaleString("en-GB");

interface TipProps {
  readonly unit: string;
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: ChartPoint }[];
}

function Tip({ active, payload, unit }: TipProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  const value = point.value ?? point.ahead ?? null;
  return (
    <div className="pop tip">
      <span className="med">{point.at}</span>
      {point.value === null && value !== null ? <span className="t3"> if it goes on like this</span> : null}
      <div className="num">
        {value === null ? "–" : shown(value)} {unit}
      </div>
      {point.band ? (
        <div className="num t3">
          {shown(point.band[0])} to {shown(point.band[1])}
        </div>
      ) : null}
    </div>
  );
}
