import { CirclePause } from "lucide-react";
import Link from "next/link";
import type { RunView } from "#lib/runs/schema.ts";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";

/** Runs that stand still until somebody says resume or cancel: their launcher is asked, whoever may can answer. */
export function PausedRuns({ runs }: { runs: readonly RunView[] }) {
  if (runs.length === 0) return null;
  return (
    <section aria-label="Paused runs">
      <div className="grp">
        Paused, resume or cancel <span className="num">{runs.length}</span>
      </div>
      <ul>
        {runs.map((run) => (
          <li key={run.id} className="it">
            <span className="ty">
              <Icon of={CirclePause} />
            </span>
            <Link className="bodyl" href={`/runs/${run.id}`} data-row>
              <span className="med trunc">
                <Visible text={run.title} />
              </span>
              <span className="sm t2 tw">
                <Visible text={run.reason ?? "It was paused."} />
              </span>
              <span className="sm t3 trunc">
                {run.pilotName} · launched by {run.launchedByName}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
