"use client";

import type { ReactElement } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { HOUR } from "#lib/clock.ts";
import type { KpiWeek } from "#lib/kpis/schema.ts";
import { formatDay } from "../format.ts";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";

export interface WeekChartsProps {
  readonly weeks: readonly KpiWeek[];
  /** Null where the charter aims at none. */
  readonly throughputTarget: number | null;
  /** Hours. */
  readonly leadTimeTarget: number | null;
}

interface Point {
  readonly week: string;
  readonly merged: number;
  /** Hours. */
  readonly leadTime: number | null;
  readonly partial: boolean;
}

const TICK = { fontSize: 11, fill: "var(--text-3)" };
const GRID = { vertical: false, stroke: "var(--ch-grid)" };
const X_AXIS = {
  dataKey: "week",
  tick: TICK,
  tickLine: false,
  axisLine: { stroke: "var(--line-strong)" },
};
const Y_AXIS = { tick: TICK, tickLine: false, axisLine: false };
const MARGIN = { top: 8, right: 72, bottom: 0, left: -16 };

/** One hue, the target dashed with its word at the right, and the rows as a table under each. */
export function WeekCharts({ weeks, throughputTarget, leadTimeTarget }: WeekChartsProps) {
  const points: Point[] = weeks.map(({ week, merged, leadTime, partial }) => ({
    week: formatDay(week),
    merged,
    leadTime: leadTime === null ? null : Math.round((leadTime / HOUR) * 100) / 100,
    partial,
  }));
  if (points.length === 0) return null;
  return (
    <div className="g2">
      <WeekPanel
        title="Merged patches"
        fact="per week, by the week's Monday"
        told={`Merged per week: ${points.map(({ merged }) => merged).join(", ")}; ${aim(throughputTarget)}`}
        weeks={weeks}
      >
        <BarChart data={points} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...X_AXIS} />
          <YAxis {...Y_AXIS} allowDecimals={false} />
          <Tooltip content={<Tip unit="merged" of="merged" />} cursor={{ fill: "var(--hover)" }} />
          {targetLine(throughputTarget)}
          <Bar dataKey="merged" fill="var(--ch-main)" maxBarSize={28} isAnimationActive={false} />
        </BarChart>
      </WeekPanel>
      <WeekPanel
        title="Launch to merge"
        fact="median of the week's merges, hours"
        told={`Median hours per week: ${points.map(({ leadTime }) => leadTime ?? "none").join(", ")}; ${aim(leadTimeTarget)}`}
        weeks={weeks}
      >
        <LineChart data={points} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis {...X_AXIS} />
          <YAxis {...Y_AXIS} />
          <Tooltip content={<Tip unit="h" of="leadTime" />} cursor={{ stroke: "var(--line-strong)" }} />
          {targetLine(leadTimeTarget)}
          <Line
            dataKey="leadTime"
            stroke="var(--ch-main)"
            strokeWidth={2}
            dot={{ r: 3.5, fill: "var(--ch-main)" }}
            connectNulls
            isAnimationActive={false}
          />
        </LineChart>
      </WeekPanel>
    </div>
  );
}

interface WeekPanelProps extends Pick<WeekChartsProps, "weeks"> {
  readonly title: string;
  readonly fact: string;
  /** The figures, for whoever does not see the chart. */
  readonly told: string;
  readonly children: ReactElement;
}

function WeekPanel({ title, fact, told, weeks, children }: WeekPanelProps) {
  return (
    <Panel title={title} fact={fact}>
      <div className="chart" role="img" aria-label={told}>
        <ResponsiveContainer width="100%" height="100%">
          {children}
        </ResponsiveContainer>
      </div>
      <WeekRows weeks={weeks} />
    </Panel>
  );
}

const targetLine = (target: number | null) =>
  target === null ? null : (
    <ReferenceLine
      y={target}
      stroke="var(--ch-target)"
      strokeDasharray="5 4"
      label={targetLabel(target)}
      ifOverflow="extendDomain"
    />
  );

const aim = (target: number | null) => (target === null ? "no target" : `target ${target}`);

const targetLabel = (target: number) => ({
  value: `target ${target}`,
  position: "right" as const,
  fontSize: 11,
  fill: "var(--text)",
});

interface TipProps {
  readonly unit: string;
  readonly of: "merged" | "leadTime";
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: Point }[];
}

function Tip({ active, payload, unit, of }: TipProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className="pop tip">
      <span className="med">{point.week}</span>
      {point.partial ? <span className="t3"> not a whole week</span> : null}
      <div className="num">
        {point[of] ?? "–"} {unit}
      </div>
    </div>
  );
}

const hours = (milliseconds: number | null) =>
  milliseconds === null ? "–" : `${(milliseconds / HOUR).toFixed(1)} h`;

function WeekRows({ weeks }: { weeks: readonly KpiWeek[] }) {
  return (
    <details className="rows">
      <summary>Rows behind this chart</summary>
      <Table
        label="Weeks"
        columns={[
          { key: "week", title: "Week of" },
          { key: "launched", title: "Launched", number: true },
          { key: "merged", title: "Merged", number: true },
          { key: "rejected", title: "Rejected", number: true },
          { key: "failed", title: "Failed", number: true },
          { key: "lead", title: "Launch to merge", number: true },
        ]}
      >
        {weeks.map((week) => (
          <tr key={week.week}>
            <td>
              {formatDay(week.week)}
              {week.partial ? <span className="t3 xs"> partial</span> : null}
            </td>
            <td className="n">{week.launched}</td>
            <td className="n">{week.merged}</td>
            <td className="n">{week.rejected}</td>
            <td className="n">{week.failed}</td>
            <td className="n">{hours(week.leadTime)}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
