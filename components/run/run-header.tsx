import Link from "next/link";
import type { RunView } from "#lib/runs/schema.ts";
import type { StatusOf } from "../status.ts";
import { Badge } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Facts } from "../ui/key-value.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Code, Visible } from "../ui/visible.tsx";
import { RunActions, type RunActionsProps } from "./hold/run-actions.tsx";

export interface RunHeaderProps {
  readonly run: RunView;
  /** Newer than the run's own where events said so. */
  readonly status: StatusOf<"run">;
  /** Newer likewise. */
  readonly attempt: number;
  /** Beside the status: "parked, no runner holds it". */
  readonly hold: string | null;
  readonly actions: Omit<RunActionsProps, "runId" | "status">;
}

export function RunHeader({ run, status, attempt, hold, actions }: RunHeaderProps) {
  return (
    <>
      <div className="rt">
        <Badge noun="run" status={status} />
        {hold ? <span className="t2 sm nowrap rt-hold">{hold}</span> : null}
        <h1 className="h1 grow">
          <Visible text={run.title} />
        </h1>
        <span className="grow only-phone" />
        <RunActions runId={run.id} status={status} {...actions} />
      </div>
      <Facts rows={factsOf(run, attempt)} />
    </>
  );
}

function factsOf(run: RunView, attempt: number) {
  return [
    { key: "Agent", value: run.agentName },
    { key: "Kind", value: run.kind },
    { key: "Base", value: <Base run={run} /> },
    {
      key: "Charter",
      value: (
        <>
          <Link className="link" href={`/pilots/${run.pilotId}?tab=charter`}>
            v{run.charterVersion}
          </Link>{" "}
          <CopyId id={run.charterDigest} what="charter digest" />
        </>
      ),
    },
    {
      key: "Launched",
      value: (
        <>
          by {run.launchedByName}, <RelativeTime at={run.launchedAt.toISOString()} />
        </>
      ),
      wide: true,
    },
    { key: "Attempt", value: <span className="num">{attempt}</span>, wide: true },
    { key: "Run", value: <CopyId id={run.id} what="run id" />, wide: true },
  ];
}

function Base({ run }: { run: RunView }) {
  return (
    <>
      <Code text={`${run.repositoryName}@${run.branch}`} /> <CopyId id={run.baseCommit} what="base commit" />
    </>
  );
}
