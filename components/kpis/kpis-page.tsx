import { ChartLine } from "lucide-react";
import { HOUR } from "#lib/clock.ts";
import type { DecisionKpis } from "#lib/kpis/gate-rules.ts";
import type { DurationKpi, FactRow, Kpi, KpiReport } from "#lib/kpis/schema.ts";
import { formatDuration, plural } from "../format.ts";
import { FilterBar } from "../list/filter-bar.tsx";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { FactRows } from "./fact-rows.tsx";
import { GatesPanel } from "./gates-panel.tsx";
import { Outcomes } from "./outcomes.tsx";
import { Success } from "./success.tsx";
import { Tile } from "./tile.tsx";
import { WeekCharts } from "./week-charts.tsx";

export interface KpisPageProps {
  /** Null where there is no pilot to report on. */
  readonly report: KpiReport | null;
  /** Null where there is no pilot. */
  readonly gates: DecisionKpis | null;
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  readonly agents: readonly { readonly id: string; readonly name: string }[];
  readonly filter: { readonly pilot?: string | undefined; readonly agent?: string | undefined };
  /** The rows that were asked for, and of which number. */
  readonly rows: { readonly kpi: Kpi; readonly title: string; readonly facts: readonly FactRow[] } | null;
}

export function KpisPage({ report, gates, pilots, agents, filter, rows }: KpisPageProps) {
  return (
    <div className="page kpi-page">
      <PageHead
        title="KPIs"
        text={
          report ? (
            <>
              Of real rows only, in the time zone {report.timeZone}; as of{" "}
              <RelativeTime at={report.asOf.toISOString()} />. Below the minimum sample a number says so.
            </>
          ) : (
            "Numbers of a pilot, with what they rest on."
          )
        }
      />
      <div className="panel mb-4">
        <FilterBar
          found={report ? report.pilotName : ""}
          fields={[
            {
              name: "pilot",
              label: "Pilot",
              value: filter.pilot ?? "",
              options: pilots.map(({ id, name }) => ({ value: id, title: name })),
            },
            {
              name: "agent",
              label: "All agents",
              value: filter.agent ?? "",
              options: agents.map(({ id, name }) => ({ value: id, title: name })),
            },
          ]}
        />
        {report ? null : (
          <Empty
            icon={ChartLine}
            title="No pilot to report on"
            text="Numbers appear once a pilot is active and its first run is over."
          />
        )}
      </div>
      {report ? (
        <KpiReportView
          report={report}
          gates={gates}
          rows={rows}
          base={`/kpis?pilot=${report.pilotId}${filter.agent ? `&agent=${filter.agent}` : ""}`}
        />
      ) : null}
    </div>
  );
}

const days = (milliseconds: number) => formatDuration(milliseconds);
const perWeek = (value: number) => value.toFixed(1);

/** The report itself; the pilot's overview shows it too. `base` is an address with a query, to which `&kpi=` is added. */
export function KpiReportView({
  report,
  gates = null,
  rows,
  base,
}: {
  report: KpiReport;
  gates?: DecisionKpis | null;
  rows: KpisPageProps["rows"];
  base: string;
}) {
  const { throughput, agentLeadTime, reviewToMerge, outcomes } = report;
  const share = (outcome: string) => outcomes.shares.find((one) => one.outcome === outcome)?.count ?? 0;
  const rejected = {
    title: "rejected",
    shown: `${share("rejected")} of ${outcomes.ended}`,
    href: `${base}&kpi=outcomes&outcome=rejected`,
  };
  const failed = {
    title: "failed",
    shown: `${share("failed")} of ${outcomes.ended}`,
    href: `${base}&kpi=outcomes&outcome=failed`,
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
          href={`${base}&kpi=throughput`}
          pair={rejected}
        />
        <Tile
          {...durationTile(agentLeadTime)}
          title="Launch to merge, median"
          href={`${base}&kpi=agent_lead_time`}
          pair={failed}
        />
        <Tile
          {...durationTile(reviewToMerge)}
          title="Review to merge, median"
          href={`${base}&kpi=review_to_merge`}
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
      {gates ? <GatesPanel gates={gates} /> : null}
      {rows ? (
        <Panel
          title={`Rows: ${rows.title}`}
          fact={plural(rows.facts.length, "run")}
          className="mt-4"
          id="rows"
        >
          <FactRows facts={rows.facts} />
        </Panel>
      ) : null}
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
