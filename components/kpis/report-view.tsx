import { HOUR } from "#lib/clock.ts";
import type { DurationKpi, KpiReport } from "#lib/kpis/schema.ts";
import { formatDuration } from "../format.ts";
import { Outcomes } from "./outcomes.tsx";
import { Success } from "./success.tsx";
import { Tile } from "./tile.tsx";
import { WeekCharts } from "./week-charts.tsx";

const days = (milliseconds: number) => formatDuration(milliseconds);
const perWeek = (value: number) => value.toFixed(1);

/** The numbers of a pilot's overview. `base` is an address with a query, to which `&kpi=` is added. */
export function KpiReportView({ report, base }: { report: KpiReport; base: string }) {
  const { throughput, agentLeadTime, reviewToMerge, outcomes } = report;
  const share = (outcome: string) => outcomes.shares.find((one) => one.outcome === outcome)?.count ?? 0;
  const rejected = {
    title: "rejected",
    shown: `${share("rejected")} of ${outcomes.ended}`,
    href: `${base}&kpi=rejected_share#rows`,
  };
  const failed = {
    title: "failed",
    shown: `${share("failed")} of ${outcomes.ended}`,
    href: `${base}&kpi=failed_share#rows`,
  };
  return (
    <>
      <section className="kpis" aria-label="KPIs">
        <Tile
          {...throughput}
          title="Merged patches per week"
          shown={throughput.perWeek === null ? null : perWeek(throughput.perWeek)}
          value={throughput.perWeek}
          write={perWeek}
          targetShown={throughput.target === null ? null : `≥ ${throughput.target}`}
          noun="merge"
          href={`${base}&kpi=throughput#rows`}
          pair={rejected}
        />
        <Tile
          {...durationTile(agentLeadTime)}
          title="Launch to merge, median"
          href={`${base}&kpi=agent_lead_time#rows`}
          pair={failed}
        />
        <Tile
          {...durationTile(reviewToMerge)}
          title="Review to merge, median"
          href={`${base}&kpi=review_to_merge#rows`}
          pair={rejected}
        />
        <Outcomes outcomes={outcomes} base={base} />
      </section>
      <Success metrics={report.metrics} pace={report.pace} />
      <WeekCharts
        weeks={report.weeks}
        throughputTarget={throughput.target}
        leadTimeTarget={agentLeadTime.target === null ? null : agentLeadTime.target / HOUR}
      />
    </>
  );
}

function durationTile(kpi: DurationKpi) {
  return {
    ...kpi,
    shown: kpi.median === null ? null : days(kpi.median),
    value: kpi.median,
    write: days,
    targetShown: kpi.target === null ? null : `≤ ${days(kpi.target)}`,
    noun: "merge",
  };
}
