import type { ReactNode } from "react";
import type { CharterVersion, StoredCharter } from "#lib/pilots/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Code, Visible } from "../ui/visible.tsx";
import { policyOf } from "./charter-words.ts";
import { Policy } from "./policy.tsx";

export interface CharterViewProps {
  readonly stored: StoredCharter;
  readonly versions: readonly CharterVersion[];
  readonly repositoryName: string;
}

type Joined = (items: readonly string[]) => ReactNode;

/** Nothing where the charter has no setup. */
function setupRows(environment: StoredCharter["charter"]["environment"], joined: Joined) {
  const { setupArgv, setupHosts, setupPaths, setupScripts } = environment;
  if (setupArgv.length === 0) return [];
  return [
    { key: "Setup command", value: <Code text={setupArgv.join(" ")} /> },
    { key: "Setup may reach", value: joined(setupHosts) },
    { key: "Stays of setup", value: joined(setupPaths) },
    { key: "Scripts of packages", value: setupScripts },
  ];
}

/** The charter that binds, in words and in values, and the versions before and after it. */
export function CharterView({ stored, versions, repositoryName }: CharterViewProps) {
  const { charter, digest, version } = stored;
  const { goal, scope, environment, controls, kpis, rollback } = charter;
  const joined = (items: readonly string[]) =>
    items.length === 0 ? "none" : <Code text={items.join("  ")} />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] gap-4 max-lg:grid-cols-1 mt-4">
      <Panel title={`What charter v${version} does`} fact={<CopyId id={digest} what="charter digest" />}>
        <div className="pb">
          <p className="text-14 mb-3 tw">
            <Visible text={goal.statement} mode="block" />
          </p>
          <Policy parts={policyOf(charter, repositoryName)} />
        </div>
      </Panel>
      <div className="grid gap-4 content-start">
        <Panel title="Values" fact="immutable; a change is a new version">
          <div className="pb">
            <KeyValue
              rows={[
                { key: "Kind", value: goal.kind },
                { key: "Repository", value: <Code text={`${repositoryName}@${scope.branch}`} /> },
                { key: "Allowed paths", value: joined(scope.allowedPaths) },
                { key: "Protected paths", value: joined(scope.protectedPaths) },
                { key: "Test command", value: <Code text={environment.testArgv.join(" ")} /> },
                { key: "Report", value: <Code text={environment.reportPath} /> },
                { key: "Harness paths", value: joined(environment.harnessPaths) },
                { key: "Repeats", value: environment.repeats },
                { key: "Sandbox", value: `${environment.minimumTier} or better` },
                ...setupRows(environment, joined),
                { key: "Approvers", value: `${controls.approverCount}, within ${controls.approvalHours} h` },
                ...(controls.askMode === "unlisted"
                  ? [
                      { key: "Allowed commands", value: joined(controls.allowedCommands) },
                      {
                        key: "Answer to an ask",
                        value: `within ${controls.askMinutes} min, else ${controls.unattended === "park" ? "parked" : "declined"}`,
                      },
                    ]
                  : [{ key: "Asks", value: "never" }]),
                { key: "Denied commands", value: joined(controls.deniedCommands) },
                { key: "Own patterns", value: joined(controls.ownPatterns) },
                {
                  key: "Targets",
                  value: `≥ ${kpis.throughputPerWeek} a week, launch to merge ≤ ${kpis.agentLeadTimeHours} h, review to merge ≤ ${kpis.reviewToMergeHours} h`,
                },
                { key: "Minimum sample", value: kpis.minimumSample },
                { key: "Ends", value: `${rollback.endsOn}, or after ${rollback.maxRuns} runs` },
              ]}
            />
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
    </div>
  );
}
