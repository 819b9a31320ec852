import type { ReachView } from "#lib/stop-times/schema.ts";
import { plural } from "../format.ts";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { ReachRows } from "./reach-table.tsx";

/** Real stops of late: how long each took to reach what was running, and whom it did not reach. */
export function ReachedPanel({ reached }: { readonly reached: readonly ReachView[] }) {
  const stops = [...Map.groupBy(reached, ({ stopId }) => stopId).values()];
  if (stops.length === 0) return null;
  return (
    <Panel title="How long stops took" fact={plural(stops.length, "stop")} className="mt-4">
      {stops.map((own) => (
        <section key={own[0]?.stopId} className="px-4 py-3">
          <div className="t3 sm">
            Pulled <RelativeTime at={own[0]?.pulledAt.toISOString() ?? ""} />
          </div>
          <ReachRows reached={own} />
        </section>
      ))}
    </Panel>
  );
}
