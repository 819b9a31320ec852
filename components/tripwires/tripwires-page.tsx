import { BellElectric } from "lucide-react";
import type { PilotWires } from "#lib/tripwires/view-wires.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { Visible } from "../ui/visible.tsx";
import { RehearsalPanel, type RehearsalPanelProps } from "./rehearsal.tsx";
import { TripList } from "./trip-list.tsx";
import { WireTable } from "./wire-table.tsx";

export interface TripwiresPageProps extends PilotWires, RehearsalPanelProps {
  readonly pilotName: string;
}

export function TripwiresPage({ pilotName, wires, trips, ...rehearsal }: TripwiresPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Tripwires"
        text={
          <>
            Bounds that the charter of <Visible text={pilotName} /> sets to its numbers, looked at every
            second. Each acts once; what paused the pilot is armed again when people resume it, and counts
            from then on.
          </>
        }
      />
      <Panel title="In force" fact={plural(wires.length, "tripwire")}>
        {wires.length > 0 ? (
          <WireTable wires={wires} />
        ) : (
          <Empty
            icon={BellElectric}
            title="No tripwire over a number"
            text="Try one below, then write it into a new version of the charter, under Rollback and exit."
          />
        )}
      </Panel>
      <RehearsalPanel {...rehearsal} />
      <Panel title="What tripped" fact={plural(trips.length, "trip")} className="mt-4">
        {trips.length > 0 ? (
          <TripList trips={trips} />
        ) : (
          <Empty
            icon={BellElectric}
            title="Nothing tripped yet"
            text="Each trip stands here with the rows that caused it."
          />
        )}
      </Panel>
    </div>
  );
}
