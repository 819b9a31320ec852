import { HOUR } from "#lib/clock.ts";
import type { DecisionKpis } from "#lib/kpis/gate-rules.ts";
import type { KpiReport } from "#lib/kpis/schema.ts";
import { GatesPanel } from "../kpis/gates-panel.tsx";
import { Success } from "../kpis/success.tsx";
import { WeekCharts } from "../kpis/week-charts.tsx";

/** What is told of the whole pilot, whatever range is looked at: its targets, its weeks, its gates. */
export function WholePilot({ report, gates }: { report: KpiReport; gates: DecisionKpis }) {
  const { metrics, pace, weeks, throughput, agentLeadTime } = report;
  return (
    <>
      <Success metrics={metrics} pace={pace} />
      <WeekCharts
        weeks={weeks}
        throughputTarget={throughput.target}
        leadTimeTarget={agentLeadTime.target === null ? null : agentLeadTime.target / HOUR}
      />
      <GatesPanel gates={gates} />
    </>
  );
}
