import { Siren } from "lucide-react";
import { tallyOf } from "#lib/drills/rules.ts";
import type { DrillFault, DrillView } from "#lib/drills/schema.ts";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { Badge } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { ReachRows } from "./reach-table.tsx";
import { StartDrill } from "./start-drill.tsx";

export interface DrillsPanelProps {
  readonly drills: readonly DrillView[];
  /** Pilots in which this person may start one. */
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  readonly start: FormAction;
}

const FAULTS: Record<DrillFault, string> = {
  no_runner: "No runner had a run of it, so nothing was pulled.",
  nothing_settled: "Not every runner was heard in three minutes.",
};

/** Emergency stops that were practised, and what they measured. */
export function DrillsPanel({ drills, pilots, start }: DrillsPanelProps) {
  return (
    <Panel
      title="Drills"
      fact={plural(drills.length, "drill")}
      className="mt-4"
      actions={pilots.length > 0 ? <StartDrill pilots={pilots} action={start} /> : null}
    >
      {drills.length === 0 ? (
        <Empty
          icon={Siren}
          title="No drill has been held"
          text="A drill gives connected runners that are free runs of its own, stops them as an emergency stop would, and says how long that took. Nobody's work is touched."
        />
      ) : (
        <Table
          label="Drills"
          tall
          columns={[
            { key: "state", title: "State" },
            { key: "pilot", title: "Pilot" },
            { key: "measured", title: "Stopped" },
            { key: "slowest", title: "Slowest", number: true },
          ]}
        >
          {drills.map((drill) => (
            <DrillRow key={drill.id} drill={drill} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

function DrillRow({ drill }: { readonly drill: DrillView }) {
  const { pilotName, askedByName, askedAt, state, fault, reached, wanted } = drill;
  const { stopped, missed, slowest } = tallyOf(reached);
  return (
    <tr data-drill={drill.id}>
      <td className="nowrap">
        <Badge noun="drill" status={state} />
      </td>
      <td>
        <span className="med">
          <Visible text={pilotName} />
        </span>
        <div className="t3 sm">
          <Visible text={askedByName} />, <RelativeTime at={askedAt.toISOString()} />
        </div>
      </td>
      <td>
        {reached.length === 0 ? (
          <span className="t2 sm tw">
            {fault ? FAULTS[fault] : `${plural(wanted, "run")} wait for runners`}
          </span>
        ) : (
          <details>
            <summary>
              {stopped} of {plural(reached.length, "run")}
              {missed > 0 ? `, ${missed} not reached` : ""}
              {wanted > reached.length ? `; it began with ${wanted}` : ""}
            </summary>
            <ReachRows reached={reached} />
          </details>
        )}
      </td>
      <td className="n num nowrap">{slowest === null ? "–" : `${slowest} ms`}</td>
    </tr>
  );
}
