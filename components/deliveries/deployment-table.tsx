import Link from "next/link";
import type { DeploymentView } from "#lib/deliveries/views/schema.ts";
import { formatCount, plural } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { DEPLOYMENT_FACES } from "./words.ts";

export function DeploymentTable({ deployments }: { readonly deployments: readonly DeploymentView[] }) {
  return (
    <Table
      label="Deployments"
      tall
      columns={[
        { key: "status", title: "Status" },
        { key: "deployment", title: "Deployment" },
        { key: "commit", title: "Commit", wide: true },
        { key: "brought", title: "Brought" },
        { key: "incidents", title: "Incidents", number: true, wide: true },
        { key: "finished", title: "Finished", wide: true },
      ]}
    >
      {deployments.map((each) => (
        <Row key={each.id} deployment={each} />
      ))}
    </Table>
  );
}

function Row({ deployment }: { readonly deployment: DeploymentView }) {
  const { tone, icon, word } = DEPLOYMENT_FACES[deployment.status];
  const { environment, production, externalId, source, repositoryName, rollbackOf, finishedAt } = deployment;
  return (
    <tr>
      <td className="nowrap">
        <Remark tone={tone} icon={icon}>
          {word}
        </Remark>
      </td>
      <td className="fill">
        <div className="cell2">
          <div className="med tw">
            <Visible text={environment} />
            {production && environment.toLowerCase() !== "production" ? (
              <span className="t3 sm"> production</span>
            ) : null}
            {rollbackOf === null ? null : (
              <span className="need sm">
                {" "}
                takes back <Visible text={rollbackOf} />
              </span>
            )}
          </div>
          <div className="t3 sm tw">
            <Visible text={repositoryName} /> · <Visible text={source} /> <Visible text={externalId} />
          </div>
        </div>
      </td>
      <td className="nowrap only-wide">
        <CopyId id={deployment.headSha} what="commit" />
      </td>
      <td>
        <Brought deployment={deployment} />
      </td>
      <td className="n num only-wide">{formatCount(deployment.incidents)}</td>
      <td className="nowrap t2 only-wide">
        {finishedAt ? <RelativeTime at={finishedAt.toISOString()} /> : "not yet"}
      </td>
    </tr>
  );
}

function Brought({
  deployment: { status, contents, contentsOver, merges, changes },
}: {
  deployment: DeploymentView;
}) {
  if (status !== "succeeded") return <span className="t3 sm">nothing</span>;
  if (contents === null) return <span className="t3 sm">looked at soon</span>;
  if (contents !== "found" && contentsOver)
    return (
      <span className="bad sm">
        {contents === "not_here"
          ? "Its commit, or the one before it, did not come into the mirror; it is looked for no more."
          : "Git did not answer; it is asked no more."}
      </span>
    );
  if (contents === "not_here")
    return <span className="need sm">Its commit is not in the mirror yet; it is looked for again.</span>;
  if (contents === "failed") return <span className="need sm">Git did not answer; it is asked again.</span>;
  if (merges.length === 0 && changes === 0) return <span className="t3 sm">nothing that is known here</span>;
  return (
    <div className="sm">
      {merges.map(({ mergeId, runId }, at) => (
        <span key={mergeId}>
          {at > 0 ? ", " : ""}
          <Link href={`/runs/${runId}`}>a run’s patch</Link>
        </span>
      ))}
      {merges.length > 0 && changes > 0 ? " and " : ""}
      {changes > 0 ? `${plural(changes, "change")} by people` : ""}
    </div>
  );
}
