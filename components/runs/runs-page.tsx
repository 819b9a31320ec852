import { Play, Plus } from "lucide-react";
import Link from "next/link";
import type { RunView } from "#lib/runs/schema.ts";
import { plural, shortId } from "../format.ts";
import { FilterBar } from "../list/filter-bar.tsx";
import { PageHead } from "../list/page-head.tsx";
import { Pager } from "../list/pager.tsx";
import { holdWords } from "../run/hold/hold-words.ts";
import { isRunEnded, RUN_STATUSES, statusFace } from "../status.ts";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { RunDuration } from "./run-duration.tsx";

export interface RunsPageProps {
  readonly runs: readonly RunView[];
  readonly filter: {
    readonly status?: string | undefined;
    readonly pilot?: string | undefined;
    readonly q?: string | undefined;
  };
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  readonly canLaunch: boolean;
  /** Address of the next page. */
  readonly next?: string | null;
}

export function RunsPage({ runs, filter, pilots, canLaunch, next }: RunsPageProps) {
  const isFiltered = Boolean(filter.status || filter.pilot || filter.q);
  const launch = canLaunch ? (
    <ButtonLink tone="ink" icon={Plus} href="/runs/new">
      Launch a run
    </ButtonLink>
  ) : null;
  return (
    <div className="page">
      <PageHead
        title="Runs"
        text="Queued, live and over: what every agent did, newest first."
        actions={launch}
      />
      <Panel title="All runs" fact={plural(runs.length, "run")}>
        <FilterBar
          found={plural(runs.length, "run")}
          fields={[
            { name: "q", label: "Title or id", value: filter.q ?? "" },
            {
              name: "status",
              label: "Any status",
              value: filter.status ?? "",
              options: RUN_STATUSES.map((status) => ({
                value: status,
                title: statusFace("run", status).word,
              })),
            },
            {
              name: "pilot",
              label: "Any pilot",
              value: filter.pilot ?? "",
              options: pilots.map(({ id, name }) => ({ value: id, title: name })),
            },
          ]}
        />
        {runs.length === 0 ? (
          <Empty
            icon={Play}
            title={isFiltered ? "No run fits the filter" : "No run yet"}
            text={
              isFiltered
                ? "Clear the filter to see all runs."
                : "A run is one piece of work by an agent on one commit. It starts from an active pilot."
            }
            action={isFiltered ? undefined : launch}
          />
        ) : (
          <ListKeys>
            <RunTable runs={runs} />
          </ListKeys>
        )}
        {next ? <Pager shown={`${runs.length} shown`} next={next} /> : null}
      </Panel>
    </div>
  );
}

export function RunTable({
  runs,
  label = "Runs",
  withPilot = true,
}: {
  runs: readonly RunView[];
  label?: string;
  withPilot?: boolean;
}) {
  return (
    <Table
      label={label}
      tall
      columns={[
        { key: "status", title: "Status" },
        { key: "run", title: "Run" },
        ...(withPilot ? [{ key: "pilot", title: "Pilot", wide: true }] : []),
        { key: "launched", title: "Launched", wide: true },
        { key: "time", title: "Time", number: true, wide: true },
      ]}
    >
      {runs.map((run) => (
        <tr key={run.id}>
          <td className="nowrap status-cell">
            <Badge noun="run" status={run.status} />
          </td>
          <td className="fill">
            <div className="cell2">
              <Link href={`/runs/${run.id}`} className="med" data-row>
                <Visible text={run.title} />
              </Link>
              <div className="t3 trunc">
                <span className="mono">{shortId(run.id)}</span> · {run.kind} · {run.agentName}
                <Standing run={run} />
              </div>
            </div>
          </td>
          {withPilot ? (
            <td className="only-wide nowrap">
              <Link href={`/pilots/${run.pilotId}`}>{run.pilotName}</Link>
              <div className="t3 sm mono">{run.repositoryName}</div>
            </td>
          ) : null}
          <td className="only-wide nowrap t2">
            <RelativeTime at={run.launchedAt.toISOString()} />
            <div className="t3 sm">{run.launchedByName}</div>
          </td>
          <td className="n only-wide nowrap t2">
            <RunDuration run={run} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Why it is where it is: of one that stands still, whether a runner holds it too. */
function Standing({ run: { status, reason, isHeld } }: { run: RunView }) {
  const hold = holdWords({ status, held: isHeld });
  const why = reason && (isRunEnded(status) || status === "paused") ? reason : null;
  return (
    <>
      {hold ? ` · ${hold}` : null}
      {why ? (
        <>
          {" · "}
          <Visible text={why} />
        </>
      ) : null}
    </>
  );
}
