import { Server, ShieldAlert, ShieldCheck } from "lucide-react";
import type { RunnerView } from "#lib/runners/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge, Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Enrol, type EnrolProps } from "./enrol.tsx";
import { runnerStatus } from "./runner-rules.ts";

export interface RunnersPageProps {
  readonly runners: readonly RunnerView[];
  /** Null for a person who may not enrol. */
  readonly enrol: EnrolProps | null;
  /** Reads `runnerId`; null for a person who may not. */
  readonly revoke: FormAction | null;
}

export function RunnersPage({ runners, enrol, revoke }: RunnersPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Runners"
        text="They lease runs and hold no secret of ours but their own key."
        actions={enrol ? <Enrol {...enrol} /> : null}
      />
      <Panel
        title="Registered"
        fact={`${plural(runners.length, "runner")}, ${runners.filter(({ live }) => live).length} live`}
      >
        {runners.length === 0 ? (
          <Empty
            icon={Server}
            title="No runner yet"
            text="A runner registers once with a token and its own key. Without one, runs wait in the queue."
          />
        ) : (
          <Table
            label="Runners"
            tall
            columns={[
              { key: "name", title: "Runner" },
              { key: "state", title: "State" },
              { key: "tier", title: "Sandbox" },
              { key: "phases", title: "Takes", wide: true },
              { key: "heard", title: "Last heard of", wide: true },
              { key: "actions", title: "Actions", quiet: true },
            ]}
          >
            {runners.map((runner) => (
              <Row key={runner.id} runner={runner} revoke={revoke} />
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}

function Row({ runner, revoke }: { runner: RunnerView; revoke: FormAction | null }) {
  const { id, name, hostId, phases, contact, revokedAt, leases } = runner;
  return (
    <tr>
      <td>
        <div className="cell2">
          <span className="med mono">{name}</span>
          <div className="t3">
            host <CopyId id={hostId} what="host id" shown={hostId.slice(0, 8)} />
          </div>
        </div>
      </td>
      <td className="nowrap">
        <Badge noun="runner" status={runnerStatus(runner)} />
        {leases > 0 ? <div className="t3 sm">{plural(leases, "lease")}</div> : null}
      </td>
      <td>
        {contact ? (
          <Remark
            tone={contact.tier === "strong" ? "good" : "need"}
            icon={contact.tier === "strong" ? ShieldCheck : ShieldAlert}
          >
            {contact.tier}
          </Remark>
        ) : (
          "–"
        )}
        {contact && contact.tierMissing.length > 0 ? (
          <div className="t3 sm">without {contact.tierMissing.join(", ")}</div>
        ) : null}
      </td>
      <td className="only-wide t2">
        {phases.map((phase) => (phase === "verify" ? "verification" : "agent work")).join(", ")}
      </td>
      <td className="only-wide nowrap t2">
        {contact ? <RelativeTime at={contact.at.toISOString()} /> : "never"}
      </td>
      <td className="n">
        {revoke && !revokedAt ? (
          <ActionButton action={revoke} fields={{ runnerId: id }} size="sm" tone="danger" doing="Revoking">
            Revoke
          </ActionButton>
        ) : null}
      </td>
    </tr>
  );
}
