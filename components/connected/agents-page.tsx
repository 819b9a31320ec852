import { Bot } from "lucide-react";
import type { AgentView } from "#lib/agents/schema.ts";
import { formatCount, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";

/** What each driver is, in a sentence. */
const DRIVERS: Readonly<Record<string, string>> = {
  recipe:
    "Re-runs failures, tells flaky from steady, bisects to the culprit and proposes its revert. No model, no key, no cost.",
};

export function AgentsPage({ agents }: { agents: readonly AgentView[] }) {
  return (
    <div className="page">
      <PageHead
        title="Agents"
        text="Configured workers. The sandbox and the gates bind every one of them alike."
      />
      <Panel title="Configured" fact={plural(agents.length, "agent")}>
        {agents.length === 0 ? (
          <Empty
            icon={Bot}
            title="No agent yet"
            text="The recipe agent is made when the deployment starts."
          />
        ) : (
          <Table
            label="Agents"
            tall
            columns={[
              { key: "name", title: "Agent" },
              { key: "does", title: "What it does", wide: true },
              { key: "runs", title: "Runs", number: true },
              { key: "since", title: "Since", wide: true },
            ]}
          >
            {agents.map(({ id, name, driver, runs, createdAt, createdByName }) => (
              <tr key={id}>
                <td>
                  <div className="cell2">
                    <span className="med">{name}</span>
                    <div className="t3">
                      driver <span className="mono">{driver}</span> · <CopyId id={id} what="agent id" />
                    </div>
                  </div>
                </td>
                <td className="only-wide t2">{DRIVERS[driver] ?? "–"}</td>
                <td className="n">{formatCount(runs)}</td>
                <td className="only-wide nowrap t2">
                  <RelativeTime at={createdAt.toISOString()} />
                  <div className="t3 sm">{createdByName}</div>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}
