import { Download } from "lucide-react";
import { dayIn } from "#lib/pilots/rules.ts";
import type { Share, Spend, SpendBy } from "#lib/spend/schema.ts";
import { formatDay, formatExact, formatMicros } from "../format.ts";
import { MarkList } from "../kpis/mark-list.tsx";
import { MarkedChart } from "../kpis/marked-chart.tsx";
import { PageHead } from "../list/page-head.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { burnPoints, DOLLAR, projectionWords } from "./burn-points.ts";
import { CostPanel } from "./cost-panel.tsx";
import { RatesPanel, type RatesPanelProps } from "./rates-panel.tsx";

export interface SpendPageProps extends Pick<RatesPanelProps, "setFix" | "setHour"> {
  readonly spend: Spend;
  /** Its days in the pilot's time zone, as they are offered in the form. */
  readonly today: string;
}

const TITLES: Record<SpendBy, string> = { agent: "By agent", model: "By model", kind: "By kind of run" };

export function SpendPage({ spend, today, setFix, setHour }: SpendPageProps) {
  const { pilotId, pilotName, timeZone, asOf, shares } = spend;
  return (
    <div className="page kpi-page">
      <PageHead
        title={`Spend: ${pilotName}`}
        text={`Charged for calls of models since the pilot began; days in ${timeZone}; as of ${formatExact(asOf.toISOString())}.`}
        actions={
          <a className="btn" href={`/api/pilots/${pilotId}/spend`} download>
            <Icon of={Download} size={12} />
            CSV
          </a>
        }
      />
      <BurnPanel spend={spend} />
      <CostPanel spend={spend} />
      <div className="g2">
        {(["agent", "model", "kind"] as const).map((by) => (
          <SharePanel key={by} title={TITLES[by]} shares={shares[by]} />
        ))}
      </div>
      <RatesPanel pilotId={pilotId} rates={spend.rates} today={today} setFix={setFix} setHour={setHour} />
    </div>
  );
}

function BurnPanel({ spend }: { spend: Spend }) {
  const { days, budgetMicros, spentMicros, notes, timeZone, endsOn } = spend;
  const points = burnPoints(spend);
  const known = new Set(points.map(({ at }) => at));
  const marks = notes
    .map((note, index) => ({
      ...note,
      number: index + 1,
      day: formatDay(dayIn(timeZone, note.at.getTime())),
    }))
    .filter(({ day }) => known.has(day));
  return (
    <Panel
      title="Budget"
      fact={`${formatMicros(spentMicros)} of ${formatMicros(budgetMicros)} spent; the charter ends on ${formatDay(endsOn)}`}
    >
      <MarkedChart
        points={points}
        marks={marks.map(({ day, number }) => ({ at: day, number }))}
        target={null}
        baseline={null}
        unit="USD left"
        told={`Left of the budget by day: ${days.map(({ leftMicros }) => (leftMicros / DOLLAR).toFixed(2)).join(", ")}`}
      />
      <p className="t2 sm px-4 py-2">{projectionWords(spend)}</p>
      <MarkList marks={marks} />
      <details className="rows">
        <summary>Rows behind this chart</summary>
        <Table
          label="Spend by day"
          columns={[
            { key: "day", title: "Day" },
            { key: "spent", title: "Spent", number: true },
            { key: "left", title: "Left of the budget", number: true },
          ]}
        >
          {days.map(({ day, micros, leftMicros }) => (
            <tr key={day}>
              <td>{formatDay(day)}</td>
              <td className="n">{formatMicros(micros)}</td>
              <td className="n">{formatMicros(leftMicros)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </Panel>
  );
}

function SharePanel({ title, shares }: { title: string; shares: readonly Share[] }) {
  const most = Math.max(1, ...shares.map(({ micros }) => micros));
  return (
    <Panel title={title}>
      {shares.length === 0 ? (
        <p className="t3 p-4">No call of a model was charged.</p>
      ) : (
        <Table
          label={`Spend ${title.toLowerCase()}`}
          columns={[
            { key: "what", title: "What" },
            { key: "bar", title: "Share", quiet: true, wide: true },
            { key: "calls", title: "Calls", number: true },
            { key: "spent", title: "Spent", number: true },
          ]}
        >
          {shares.map(({ key, title: name, micros, calls }) => (
            <tr key={key}>
              <td className="tw">
                <Visible text={name} />
              </td>
              <td className="only-wide">
                <svg className="bar merged" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                  <rect width={(100 * micros) / most} height="8" />
                </svg>
              </td>
              <td className="n">{calls}</td>
              <td className="n">{formatMicros(micros)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
