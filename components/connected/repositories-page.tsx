import { FolderGit2, Plus, RefreshCw } from "lucide-react";
import type { ForgeView } from "#lib/forges/connections/schema.ts";
import type { UpstreamKeyView } from "#lib/repositories/keys/schema.ts";
import type { RepositoryView } from "#lib/repositories/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { formatCount, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { type ForgeActions, ForgePart } from "./forge.tsx";
import { Labels } from "./labels.tsx";
import { type UpstreamKeyActions, UpstreamKeyPart } from "./upstream-key.tsx";

export interface RepositoriesPageProps {
  readonly repositories: readonly RepositoryView[];
  readonly canAdd: boolean;
  /** Reads `repositoryId`; null for a person who may not. */
  readonly sync: FormAction | null;
  /** Reads `repositoryId` and `labels`; null for a person who may not. */
  readonly label: FormAction | null;
  /** Of those that are connected to one. */
  readonly forges: readonly ForgeView[];
  /** Null for a person who may not. */
  readonly forge: ForgeActions | null;
  /** Of those that are reached over ssh. */
  readonly upstreamKeys: readonly UpstreamKeyView[];
  /** Null for a person who may not. */
  readonly upstreamKey: UpstreamKeyActions | null;
}

export function RepositoriesPage({
  repositories,
  canAdd,
  sync,
  label,
  forges,
  forge,
  upstreamKeys,
  upstreamKey,
}: RepositoriesPageProps) {
  const add = canAdd ? (
    <ButtonLink tone="ink" icon={Plus} href="/repositories/new">
      Add a repository
    </ButtonLink>
  ) : null;
  return (
    <div className="page">
      <PageHead
        title="Repositories"
        text="Mirrored bare, by the worker. Nothing an agent wrote leaves for a source before a gate."
        actions={add}
      />
      <Panel title="Connected" fact={plural(repositories.length, "repository", "repositories")}>
        {repositories.length === 0 ? (
          <Empty
            icon={FolderGit2}
            title="No repository yet"
            text="Add one by its https or ssh address, or from a folder the operator opened on the worker's disk."
            action={add}
          />
        ) : (
          <Table
            label="Repositories"
            tall
            columns={[
              { key: "name", title: "Repository" },
              { key: "state", title: "State" },
              { key: "head", title: "Branch and head", wide: true },
              { key: "commits", title: "Commits", number: true, wide: true },
              { key: "mirrored", title: "Mirrored", wide: true },
              { key: "sync", title: "Actions", quiet: true },
            ]}
          >
            {repositories.map((repository) => (
              <Row
                key={repository.id}
                {...{ repository, sync, label, forge, upstreamKey }}
                connected={forges.find(({ repositoryId }) => repositoryId === repository.id) ?? null}
                pinned={upstreamKeys.find(({ repositoryId }) => repositoryId === repository.id) ?? null}
              />
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}

function Row({
  repository,
  sync,
  label,
  forge,
  connected,
  upstreamKey,
  pinned,
}: { repository: RepositoryView; connected: ForgeView | null; pinned: UpstreamKeyView | null } & Pick<
  RepositoriesPageProps,
  "sync" | "label" | "forge" | "upstreamKey"
>) {
  const canConnect = repository.sourceKind === "https" && repository.authority === "upstream";
  const { id, name, source, branch, state, problemDetail, headCommit, commits, mirroredAt, labels } =
    repository;
  return (
    <tr>
      <td className="w-1/2 max-w-0">
        <div className="cell2">
          <span className="med">{name}</span>
          <div className="t3 trunc mono">
            <Visible text={source} />
          </div>
        </div>
        <Labels repositoryId={id} name={name} labels={labels} save={label} />
        {repository.sourceKind === "ssh" ? (
          <UpstreamKeyPart repositoryId={id} source={source} upstreamKey={pinned} actions={upstreamKey} />
        ) : (
          <ForgePart repositoryId={id} forge={connected} actions={canConnect ? forge : null} />
        )}
      </td>
      <td>
        <Badge noun="repository" status={state} />
        {problemDetail ? (
          <div className="bad sm tw">
            <Visible text={problemDetail} mode="block" />
          </div>
        ) : null}
      </td>
      <td className="nowrap only-wide">
        <span className="mono">{branch ?? "–"}</span>
        <div>
          {headCommit ? (
            <CopyId id={headCommit} what="head commit" />
          ) : (
            <span className="t3 sm">not read yet</span>
          )}
        </div>
      </td>
      <td className="n only-wide">{commits === null ? "–" : formatCount(commits)}</td>
      <td className="only-wide nowrap t2">
        {mirroredAt ? <RelativeTime at={mirroredAt.toISOString()} /> : "–"}
      </td>
      <td className="n sm:min-w-48">
        {sync ? (
          <ActionButton action={sync} fields={{ repositoryId: id }} size="sm" doing="Asking">
            <Icon of={RefreshCw} size={12} />
            Fetch
          </ActionButton>
        ) : null}
      </td>
    </tr>
  );
}
