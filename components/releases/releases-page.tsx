import { Rocket } from "lucide-react";
import Link from "next/link";
import type { CredentialView } from "#lib/releases/callbacks/schema.ts";
import type { ReleaseView } from "#lib/releases/schema.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { type CredentialActions, Credentials } from "./credentials.tsx";
import { MissingCredentials, Told } from "./told.tsx";

export interface ReleasesPageProps {
  readonly pilotId: string;
  readonly pilotName: string;
  /** Newest first. */
  readonly releases: readonly ReleaseView[];
  /** Null for whoever has nothing to do with them. */
  readonly credentials: readonly CredentialView[] | null;
  readonly actions: CredentialActions;
}

export function ReleasesPage({ pilotId, pilotName, releases, credentials, actions }: ReleasesPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Releases"
        text={
          <>
            What pipelines asked to deploy from{" "}
            <Link className="link in" href={`/pilots/${pilotId}`}>
              <Visible text={pilotName} mode="line" />
            </Link>
            , and what leads decided.
          </>
        }
      />
      <Panel title="Asked for" fact={plural(releases.length, "release")}>
        {releases.length === 0 ? (
          <Empty
            icon={Rocket}
            title="No release was asked for"
            text="A pipeline asks with an API token before it deploys, and waits for the answer. No agent and no runner holds a credential to deploy."
          />
        ) : (
          <Table
            label="Releases"
            tall
            columns={[
              { key: "where", title: "Environment" },
              { key: "state", title: "Decision" },
              { key: "told", title: "Told" },
              { key: "what", title: "Commit and artefact", wide: true },
              { key: "by", title: "Asked by", wide: true },
              { key: "at", title: "Asked" },
            ]}
          >
            {releases.map((release) => (
              <ReleaseRow key={release.id} {...release} />
            ))}
          </Table>
        )}
        <Note>
          POST /api/gates/release asks, GET /api/gates/ID answers: pending, approved, denied or expired.
          Whoever names a deployment_callback_url is told the decision there.
        </Note>
      </Panel>
      <MissingCredentials releases={releases} mayManage={credentials !== null} />
      {credentials === null ? null : (
        <Credentials pilotId={pilotId} credentials={credentials} actions={actions} />
      )}
    </div>
  );
}

function ReleaseRow(release: ReleaseView) {
  const { gateId, environment, status, commit, artifact, askedByName, askedAt, callbacks } = release;
  return (
    <tr>
      <td>
        <Link
          className="med link"
          href={`/inbox?show=${status === "open" ? "team" : "decided"}&gate=${gateId}`}
        >
          <Visible text={environment} mode="line" />
        </Link>
      </td>
      <td className="nowrap">
        <Badge noun="gate" status={status} />
      </td>
      <td className="sm">
        <Told callbacks={callbacks} />
      </td>
      <td className="only-wide">
        <CopyId id={commit} what="commit" />
        <div>
          <CopyId id={`sha256:${artifact}`} what="artefact digest" />
        </div>
      </td>
      <td className="only-wide t2">
        <Visible text={askedByName} mode="line" />
      </td>
      <td className="nowrap t2">
        <RelativeTime at={askedAt.toISOString()} />
      </td>
    </tr>
  );
}
