import Link from "next/link";
import type { ReplayRow, ReplayView } from "#lib/replay/schema.ts";
import { formatCount, plural } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import { Visible } from "../ui/visible.tsx";

/** What another charter would have made of what happened, each with the run it happened in. */
export function Replayed({ view }: { view: ReplayView }) {
  const { runs, older, actions, stopped, stoppedCount, stoppedMerged, freed, freedCount } = view;
  if (runs === 0) return <p className="t2 pb">No run yet to hold it against.</p>;
  return (
    <div className="pb grid gap-2.5">
      <p className="text-14">
        It would have stopped, or asked about, <strong>{formatCount(stoppedCount)}</strong> of{" "}
        {plural(actions, "action")} in {older > 0 ? "the newest " : ""}
        {plural(runs, "run")}
        {stoppedCount > 0 ? `, ${formatCount(stoppedMerged)} of them in runs that were merged` : ""}, and let
        through <strong>{formatCount(freedCount)}</strong> that the charter in force stops or asks about.
      </p>
      {view.unsigned > 0 ? (
        <p className="text-14">
          It would have asked for a signature at <strong>{formatCount(view.unsigned)}</strong> of{" "}
          {plural(view.approvals, "approval")} that {view.approvals === 1 ? "was" : "were"} given.
        </p>
      ) : null}
      {view.shortGates > 0 ? (
        <p className="text-14">
          By its own rules <strong>{formatCount(view.shortGates)}</strong> of{" "}
          {plural(view.approvedGates, "gate")} that {view.approvedGates === 1 ? "was" : "were"} approved would
          have needed other people, or more of them.
        </p>
      ) : null}
      <Rows title="Would have been stopped" rows={stopped} count={stoppedCount} />
      <Rows title="Would have been let through" rows={freed} count={freedCount} />
      <p className="t3 sm">
        From what is recorded of these runs: paths of their patches, their agents' commands, hosts of setup,
        time, attempts and cost. What an agent would have done instead is not known.
      </p>
    </div>
  );
}

function Rows({ title, rows, count }: { title: string; rows: readonly ReplayRow[]; count: number }) {
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>
        {title}: {formatCount(count)}
      </summary>
      <ul className="grid gap-1 mt-1">
        {rows.map(({ runId, title: run, status, sentence }, at) => (
          <li key={`${at} ${runId}`} className="row flex-wrap">
            <Badge noun="run" status={status} bare />
            <Link className="link" href={`/runs/${runId}`}>
              <Visible text={run} />
            </Link>
            <span className="t2 tw">
              <Visible text={sentence} />
            </span>
          </li>
        ))}
        {count > rows.length ? <li className="t3 sm">and {formatCount(count - rows.length)} more</li> : null}
      </ul>
    </details>
  );
}
