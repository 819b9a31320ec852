import { OctagonX } from "lucide-react";
import type { ReachView } from "#lib/stop-times/schema.ts";
import type { StopView } from "#lib/stops/schema.ts";
import { DrillsPanel, type DrillsPanelProps } from "../drills/drills-panel.tsx";
import { ReachedPanel } from "../drills/reached-panel.tsx";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";

export interface StopsPageProps {
  readonly stops: readonly StopView[];
  /** Reads `stopId`; opens the gate at which another lead agrees. Null for a person who may not. */
  readonly askLift: FormAction | null;
  /** Stops of late, in force or lifted, with how long each took to reach what was running. */
  readonly reached: readonly ReachView[];
  readonly drills: DrillsPanelProps;
}

/** Emergency stops in force, and how each is undone. */
export function StopsPage({ stops, askLift, reached, drills }: StopsPageProps) {
  return (
    <div className="page narrow">
      <PageHead
        title="Emergency stops"
        text="While one is in force, nothing starts in its scope. Lifting it is a decision of its own: one lead asks, another agrees."
      />
      <Panel title="In force" fact={plural(stops.length, "stop")}>
        {stops.length === 0 ? (
          <Empty
            icon={OctagonX}
            title="No stop is in force"
            text="Stop stands in the header of every page."
          />
        ) : (
          <Table
            label="Stops in force"
            tall
            columns={[
              { key: "scope", title: "Scope" },
              { key: "by", title: "Pulled" },
              { key: "lift", title: "Actions", quiet: true },
            ]}
          >
            {stops.map((stop) => (
              <tr key={stop.id}>
                <td>
                  <span className="med">{stop.pilotName ?? "Everything"}</span>
                  <div className="t3 sm tw">
                    {stop.reason === "" ? "no reason was given" : <Visible text={stop.reason} />}
                  </div>
                </td>
                <td className="t2">
                  {stop.pulledByName}
                  <div className="t3 sm">
                    <RelativeTime at={stop.pulledAt.toISOString()} />
                  </div>
                </td>
                <td className="n">
                  {askLift ? (
                    <ActionButton action={askLift} fields={{ stopId: stop.id }} size="sm" doing="Asking">
                      Ask to lift
                    </ActionButton>
                  ) : null}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
      <ReachedPanel reached={reached} />
      <DrillsPanel {...drills} />
    </div>
  );
}
