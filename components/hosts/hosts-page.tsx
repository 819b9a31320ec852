import { Download, Globe, GlobeLock } from "lucide-react";
import type { HostRow, Way } from "#lib/hosts/schema.ts";
import { formatBytes, formatCount, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Code, Visible } from "../ui/visible.tsx";

export interface HostsPageProps {
  readonly pilotId: string;
  readonly pilotName: string;
  readonly hosts: readonly HostRow[];
}

const WAYS: Readonly<Record<Way, string>> = {
  model: "Models, by the gateway",
  setup: "Setup, by its proxy",
  repository: "Repository, by the worker",
  agent: "Agent, at its relay",
};

/** Every host that a byte of the pilot went to, and what it was kept from. */
export function HostsPage({ pilotId, pilotName, hosts }: HostsPageProps) {
  const [reached, denied] = (["allowed", "denied"] as const).map((verdict) =>
    hosts.filter((row) => row.verdict === verdict),
  );
  return (
    <div className="page">
      <PageHead
        title="Hosts"
        text={
          <>
            Every host a byte of <Visible text={pilotName} /> went to. Sandboxes have no other way out.
          </>
        }
        actions={
          hosts.length > 0 ? (
            <a className="btn" href={`/api/pilots/${pilotId}/hosts`} download>
              <Icon of={Download} size={12} />
              Download CSV
            </a>
          ) : null
        }
      />
      <Panel title="Reached" fact={plural(reached?.length ?? 0, "host")}>
        {reached?.length ? (
          <HostTable label="Hosts that were reached" rule="By which rule" rows={reached} />
        ) : (
          <Empty
            icon={Globe}
            title="No host yet"
            text="Calls of models, setup and repositories stand here once a byte has left."
          />
        )}
      </Panel>
      {denied?.length ? (
        <Panel title="Kept from" fact={plural(denied.length, "host")} className="mt-4">
          <HostTable label="Hosts that were kept from runs" rule="Why" rows={denied} />
        </Panel>
      ) : null}
      <div className="mt-4">
        <Note>
          Witnesses, the anchor and where Pilothouse itself is installed from belong to the deployment, not to
          a pilot. Inside an encrypted tunnel only the host and the bytes are known; those of a repository are
          counted on the wire and, where it is fetched, for all its pilots together. Events that were taken
          away are counted here no more.
        </Note>
      </div>
    </div>
  );
}

function HostTable({ label, rule, rows }: { label: string; rule: string; rows: readonly HostRow[] }) {
  return (
    <Table
      label={label}
      tall
      columns={[
        { key: "host", title: "Host" },
        { key: "rule", title: rule, wide: true },
        { key: "up", title: "Up", number: true },
        { key: "down", title: "Down", number: true },
        { key: "times", title: "Times", number: true, wide: true },
        { key: "first", title: "First", wide: true },
        { key: "last", title: "Last", wide: true },
      ]}
    >
      {rows.map((row) => (
        <tr key={[row.way, row.host, row.port, row.rule].join(" ")}>
          <td>
            <div className="cell2">
              <Code text={row.port === null ? row.host : `${row.host}:${row.port}`} />
              <div className="t3 sm">{WAYS[row.way]}</div>
              <div className={`only-phone sm tw ${row.verdict === "denied" ? "need" : "t2"}`}>
                <Visible text={row.rule} />
              </div>
            </div>
          </td>
          <td className="tw only-wide">
            {row.verdict === "denied" ? (
              <span className="need row items-start">
                <Icon of={GlobeLock} />
                <span>
                  <Visible text={row.rule} />
                </span>
              </span>
            ) : (
              <Visible text={row.rule} />
            )}
          </td>
          <td className="n nowrap">{bytes(row.up, row.atLeast)}</td>
          <td className="n nowrap">{bytes(row.down, row.way === "repository" && row.atLeast)}</td>
          <td className="n only-wide">{row.times === null ? "–" : formatCount(row.times)}</td>
          <td className="only-wide nowrap t2">
            <Moment at={row.first} />
          </td>
          <td className="only-wide nowrap t2">
            <Moment at={row.last} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

const bytes = (count: number | null, atLeast: boolean): string =>
  count === null ? "not counted" : `${atLeast && count > 0 ? "≥ " : ""}${formatBytes(count)}`;

const Moment = ({ at }: { at: Date | null }) =>
  at === null ? "not yet" : <RelativeTime at={at.toISOString()} />;
