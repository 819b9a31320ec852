import { KPIS } from "#lib/kpis/definitions/registry.ts";
import { amountOf, isAtLeast, targetOf } from "#lib/kpis/metric-rules.ts";
import type { MetricReport, Pace } from "#lib/kpis/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { basis } from "./tile.tsx";

/** What the pilot is judged by: each number with where it began, where it is, and what is missing. */
export function Success({ metrics, pace }: { metrics: readonly MetricReport[]; pace: Pace }) {
  if (metrics.length === 0) return null;
  return (
    <Panel title="Success metrics" fact={paceInWords(pace)} className="mt-4">
      <Table
        label="Success metrics"
        columns={[
          { key: "metric", title: "Metric" },
          { key: "baseline", title: "Baseline" },
          { key: "now", title: "Now", number: true },
          { key: "target", title: "Target", number: true },
          { key: "distance", title: "Distance" },
          { key: "verdict", title: "Verdict" },
        ]}
      >
        {metrics.map((metric) => (
          <tr key={metric.kpi} data-metric={metric.kpi}>
            <td className="med tw">{KPIS[metric.kpi].title}</td>
            <td className="tw">
              <Baseline {...metric} />
            </td>
            <td className="n nowrap">{metric.value === null ? "–" : amountOf(metric.kpi, metric.value)}</td>
            <td className="n nowrap">{targetOf(metric.kpi, metric.target)}</td>
            <td className="tw">{distanceInWords(metric)}</td>
            <td className="nowrap">
              {metric.verdict === null ? null : <Badge noun="kpi" status={metric.verdict} bare />}
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function Baseline({ kpi, baseline }: MetricReport) {
  const { value, source, isMeasured, isWithoutAgents } = baseline;
  const when = isWithoutAgents ? "without agents" : "in the first week";
  if (isMeasured)
    return value === null ? (
      <span className="t3">
        {isWithoutAgents ? "nothing without agents" : "the first week, once it has any"}
      </span>
    ) : (
      <>
        <span className="num">{amountOf(kpi, value)}</span> <span className="t3 xs">{when}</span>
      </>
    );
  return (
    <>
      <span className="num">{amountOf(kpi, value ?? 0)}</span>{" "}
      <span className="t3 xs">
        <Visible text={source} />
      </span>
    </>
  );
}

/** What is missing, or what the number still rests on. */
export function distanceInWords(metric: MetricReport): string {
  const { kpi, distance } = metric;
  if (distance === null) return basis({ ...metric, noun: KPIS[kpi].noun });
  if (distance <= 0) return distance === 0 ? "just reached" : `reached by ${amountOf(kpi, -distance)}`;
  return `${amountOf(kpi, distance)} ${isAtLeast(kpi) ? "short" : "too many"}`;
}

export function paceInWords({ expected, launched }: Pace): string {
  const expectedWords = expected === 0 ? "" : `${expected} runs a week expected`;
  if (launched === null) return expectedWords;
  const came = `${launched.toFixed(1)} a week came`;
  return expectedWords === "" ? `${launched.toFixed(1)} runs a week` : `${expectedWords}, ${came}`;
}
