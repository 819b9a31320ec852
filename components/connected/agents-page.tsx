import { Bot } from "lucide-react";
import type { AgentView } from "#lib/agents/schema.ts";
import { formatCount, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { AddAgent, type AddAgentProps } from "./add-agent.tsx";

/** What each driver is, in a sentence. */
const DRIVERS: Readonly<Record<string, string>> = {
  recipe:
    "Re-runs failures, tells flaky from steady, bisects to the culprit and proposes its revert. No model, no key, no cost.",
  openai:
    "Our own loop: reads, edits, searches and runs commands in the sandbox, over the Responses API. Nothing to install.",
  codex: "OpenAI's Codex, pinned, run inside the sandbox. Installed on the runners' host by the operator.",
};

export interface AgentsPageProps {
  readonly agents: readonly AgentView[];
  /** Null for a person who may not. */
  readonly add: AddAgentProps | null;
}

export function AgentsPage({ agents, add }: AgentsPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Agents"
        text="Configured workers. The sandbox and the gates bind every one of them alike."
        actions={
          <>
            <ButtonLink href="/agents/compare">Compare</ButtonLink>
            <ButtonLink href="/agents/procurement">Procurement sheet</ButtonLink>
            {add ? <AddAgent {...add} /> : null}
          </>
        }
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
              { key: "model", title: "Model" },
              { key: "does", title: "What it does", wide: true },
              { key: "runs", title: "Runs", number: true },
              { key: "since", title: "Since", wide: true },
            ]}
          >
            {agents.map(({ id, name, driver, model, providerName, runs, createdAt, createdByName }) => (
              <tr key={id}>
                <td>
                  <div className="cell2">
                    <span className="med">{name}</span>
                    <div className="t3">
                      driver <span className="mono">{driver}</span> · <CopyId id={id} what="agent id" />
                    </div>
                  </div>
                </td>
                <td>
                  {model === null ? (
                    <span className="t3">none</span>
                  ) : (
                    <div className="cell2">
                      <span className="mono">
                        <Visible text={model} />
                      </span>
                      <div className="t3">
                        <Visible text={providerName ?? ""} />
                      </div>
                    </div>
                  )}
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
