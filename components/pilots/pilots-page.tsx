import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { PilotView } from "#lib/pilots/schema.ts";
import type { PilotWatch } from "#lib/tripwires/list-watch.ts";
import { PageHead } from "../list/page-head.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { Panel } from "../ui/panel.tsx";
import { PilotTable, pilotsFact } from "./pilot-table.tsx";

export interface PilotsPageProps {
  readonly pilots: readonly PilotView[];
  readonly watch: Readonly<Record<string, PilotWatch>>;
  /** What the person began to write. */
  readonly drafts: ReactNode;
  readonly canCreate: boolean;
}

export function PilotsPage({ pilots, watch, drafts, canCreate }: PilotsPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Pilots"
        text="Bounded trials: each has one charter, its people, its runs and an end."
        actions={
          canCreate ? (
            <ButtonLink tone="ink" icon={Plus} href="/pilots/new">
              Write a charter
            </ButtonLink>
          ) : null
        }
      />
      {drafts}
      <Panel title="All pilots" fact={pilotsFact(pilots)}>
        <ListKeys>
          <PilotTable pilots={pilots} watch={watch} canCreate={canCreate} />
        </ListKeys>
      </Panel>
    </div>
  );
}
