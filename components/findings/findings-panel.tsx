import { Radar } from "lucide-react";
import type { FindingView } from "#lib/findings/schema.ts";
import { Empty } from "../ui/empty.tsx";
import { ListKeys } from "../ui/list-keys.tsx";
import { Panel } from "../ui/panel.tsx";
import { FindingTable } from "./finding-table.tsx";
import { byWeight } from "./run-findings.tsx";

/** All of one run, beside the decision that is bound to them. */
export function FindingsPanel({ findings }: { findings: readonly FindingView[] }) {
  return (
    <Panel title="Findings" fact="bound into the decision, as they stand">
      {findings.length === 0 ? (
        <Empty icon={Radar} title="Nothing found" text="The monitor has seen nothing in this run." />
      ) : (
        <ListKeys>
          <FindingTable findings={byWeight(findings)} ofOneRun />
        </ListKeys>
      )}
    </Panel>
  );
}
