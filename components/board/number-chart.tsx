import type { Note, SeriesWeek } from "#lib/boards/schema.ts";
import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { amountOf } from "#lib/kpis/metric-rules.ts";
import type { KpiId } from "#lib/kpis/schema/kpi-id.ts";
import type { MetricReport } from "#lib/kpis/schema.ts";
import { formatDay } from "../format.ts";
import { MarkList } from "../kpis/mark-list.tsx";
import { MarkedChart } from "../kpis/marked-chart.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { intervalWords, sampleWords } from "./board-tile.tsx";

export interface NumberChartProps {
  readonly kpi: KpiId;
  readonly weeks: readonly SeriesWeek[];
  /** What the charter aims at; null where it names another number. */
  readonly metric: Pick<MetricReport, "target" | "baseline"> | null;
  readonly notes: readonly Note[];
}

const DAY = 24 * 60 * 60 * 1000;

/** A number week by week, with what it should be, what it was before, how sure it is, and what happened meanwhile. */
export function NumberChart({ kpi, weeks, metric, notes }: NumberChartProps) {
  if (weeks.every(({ reading }) => reading.state === "not_connected")) return null;
  const { title, unit } = KPIS[kpi];
  const marks = notes.flatMap((note, index) => {
    const week = weekOf(weeks, note.at);
    return week === null ? [] : [{ ...note, number: index + 1, week }];
  });
  return (
    <Panel title={`${title} by week`} fact={unit} className="mt-4">
      <MarkedChart
        points={weeks.map(({ week, reading: { value, interval } }) => ({
          at: formatDay(week),
          value,
          band: interval ? [interval.low, interval.high] : null,
        }))}
        marks={marks.map(({ week, number }) => ({ at: formatDay(week), number }))}
        target={metric?.target ?? null}
        baseline={metric?.baseline.value ?? null}
        unit={unit}
        told={`${title} by week: ${weeks.map(({ reading: { value } }) => (value === null ? "none" : amountOf(kpi, value))).join(", ")}`}
      />
      <MarkList marks={marks} />
      <details className="rows">
        <summary>Rows behind this chart</summary>
        <Table
          label={`${title} by week`}
          columns={[
            { key: "week", title: "Week of" },
            { key: "value", title: "Value", number: true },
            { key: "interval", title: "95 %", number: true },
            { key: "sample", title: "Rests on" },
          ]}
        >
          {weeks.map(({ week, isPartial, reading }) => (
            <tr key={week}>
              <td className="nowrap">
                {formatDay(week)}
                {isPartial ? <span className="t3 xs"> partial</span> : null}
              </td>
              <td className="n nowrap">{reading.value === null ? "–" : amountOf(kpi, reading.value)}</td>
              <td className="n nowrap">{reading.value === null ? "–" : intervalWords(reading)}</td>
              <td className="sm">{sampleWords(reading)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </Panel>
  );
}

/** The last week that had begun, by the day in UTC: a mark stands on its week, not on its hour. */
function weekOf(weeks: readonly SeriesWeek[], at: Date): string | null {
  const [first] = weeks;
  if (!first || at.getTime() < Date.parse(`${first.week}T00:00:00Z`) - DAY) return null;
  const day = at.toISOString().slice(0, 10);
  return weeks.filter(({ week }) => week <= day).at(-1)?.week ?? first.week;
}
