import type { CharterVersion, StoredCharter } from "#lib/pilots/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { policyOf } from "./charter-words.ts";
import { FieldRows } from "./field-rows.tsx";
import { Policy } from "./policy.tsx";

export interface CharterViewProps {
  readonly stored: StoredCharter;
  readonly versions: readonly CharterVersion[];
  readonly repositoryName: string;
  /** Of people, agents and roles made here, by their ids. */
  readonly names: Readonly<Record<string, string>>;
}

/** The charter that binds, in words and in values, and the versions before and after it. */
export function CharterView({ stored, versions, repositoryName, names }: CharterViewProps) {
  const { charter, digest, version } = stored;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] gap-4 max-lg:grid-cols-1 mt-4">
      <div className="grid gap-4 content-start">
        <Panel title={`What charter v${version} does`} fact={<CopyId id={digest} what="charter digest" />}>
          <div className="pb">
            <p className="text-14 mb-3 tw">
              <Visible text={charter.goal.statement} mode="block" />
            </p>
            <Policy parts={policyOf(charter, repositoryName, names)} />
          </div>
        </Panel>
        <Panel title="Versions" fact={String(versions.length)}>
          <Table
            label="Versions of the charter"
            columns={[
              { key: "version", title: "Version" },
              { key: "digest", title: "Digest" },
              { key: "by", title: "Written by" },
              { key: "at", title: "When" },
              { key: "file", title: "As a file", quiet: true },
            ]}
          >
            {versions.map((one) => (
              <tr key={one.id}>
                <td className="nowrap">
                  <span className="med">v{one.version}</span>{" "}
                  {one.active ? <Badge noun="pilot" status="active" bare /> : null}
                </td>
                <td>
                  <CopyId id={one.digest} what="charter digest" />
                </td>
                <td>{one.createdByName}</td>
                <td className="nowrap t2">
                  <RelativeTime at={one.createdAt.toISOString()} />
                </td>
                <td className="n">
                  <a
                    className="link"
                    href={`/api/pilots/${stored.pilotId}/charter?version=${one.version}`}
                    download
                    aria-label={`Version ${one.version} as YAML`}
                  >
                    YAML
                  </a>
                </td>
              </tr>
            ))}
          </Table>
        </Panel>
      </div>
      <div className="grid gap-4 content-start">
        <Panel title="Values" fact="immutable; a change is a new version">
          <div className="pb">
            <FieldRows charter={charter} names={{ ...names, [charter.scope.repositoryId]: repositoryName }} />
          </div>
        </Panel>
      </div>
    </div>
  );
}
