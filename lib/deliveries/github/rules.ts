// What GitHub says, as rows. Pure.
import { oneLine } from "../rows/one-line.ts";
import { EARLIEST, isFinished, isProduction } from "../rows/rules.ts";
import type { CONCLUSIONS, Kept, DeploymentStatus as Status } from "../rows/schema.ts";
import type { DeploymentStatus, GitHubDeployment, GitHubPull, WorkflowRun } from "./schema.ts";

/** Nothing that programs or files name themselves: those hold no colon. */
export const forgeSource = (host: string): string => `github:${host}`.slice(0, 100);

/** `inactive` says that another one took its place, and nothing about how it went. */
const STATES: Readonly<Record<string, Status>> = {
  ...{ pending: "queued", queued: "queued", in_progress: "running" },
  ...{ success: "succeeded", failure: "failed", error: "failed" },
};

/** Null where the status says nothing that is kept. */
export function deploymentRow(
  repositoryId: string,
  deployment: GitHubDeployment,
  said: DeploymentStatus | null,
): Kept["deployment"] | null {
  const status = said === null ? "queued" : STATES[said.state];
  if (status === undefined) return null;
  const asOf = said?.created_at ?? deployment.created_at;
  const environment = oneLine(deployment.environment, 100) || "unknown";
  return {
    ...{ externalId: String(deployment.id), repositoryId, environment, status },
    production: deployment.production_environment === true || isProduction(environment),
    ...{ headSha: deployment.sha, startedAt: deployment.created_at, rollbackOf: null, asOf },
    finishedAt: isFinished(status) ? asOf : null,
  };
}

/** `path` is `owner/name`; a number alone would be another repository's too. */
export const changeId = (path: string, number: number | string): string => `${path.toLowerCase()}#${number}`;

/** As GitHub's own button writes it. */
const REVERTS = /^Reverts ([A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100})?#([0-9]{1,9})\b/m;

function revertedBy(path: string, body: string | null): string | null {
  const [, other, number] = REVERTS.exec(body ?? "") ?? [];
  if (number === undefined) return null;
  return other === undefined || other.toLowerCase() === path.toLowerCase() ? changeId(path, number) : null;
}

/** Branches of merges that were decided on here. */
const OURS = "pilothouse/";

/** Whether it is a person's, and meant for the branch that is looked at. */
export const isByPeople = ({ user, head, base }: GitHubPull, branch: string): boolean =>
  base.ref === branch && user !== null && user.type !== "Bot" && !head.ref.startsWith(OURS);

interface PullParts {
  readonly repositoryId: string;
  readonly path: string;
  readonly author: string | null;
  readonly firstCommitAt: Date | null;
}

/** Whoever commits writes that instant as they like: one that cannot be is none, and the rest of the row stands. */
const isBelieved = (firstCommitAt: Date | null, openedAt: Date): boolean =>
  firstCommitAt !== null && firstCommitAt.getTime() >= EARLIEST && firstCommitAt <= openedAt;

export function changeRow(
  pull: GitHubPull,
  { repositoryId, path, author, firstCommitAt }: PullParts,
): Kept["outside_change"] {
  const { number, created_at, updated_at, merged_at, closed_at, head, body } = pull;
  const merge = merged_at === null ? null : pull.merge_commit_sha;
  return {
    ...{ externalId: changeId(path, number), repositoryId, author },
    firstCommitAt: isBelieved(firstCommitAt, created_at) ? firstCommitAt : null,
    ...{ openedAt: created_at, mergedAt: merged_at, closedAt: closed_at, headSha: head.sha },
    mergeSha: merge !== null && /^[0-9a-f]{40}$/.test(merge) ? merge : null,
    ...{ reverts: revertedBy(path, body), asOf: updated_at },
  };
}

const CONCLUDED: Readonly<Record<string, (typeof CONCLUSIONS)[number]>> = {
  ...{ success: "success", failure: "failure", timed_out: "failure", startup_failure: "failure" },
  cancelled: "cancelled",
};

/** What ran for somebody's pull request says nothing about the branch, whatever theirs is called. */
export const isOfBranch = ({ event, head_branch }: WorkflowRun, branch: string): boolean =>
  head_branch === branch && !event.startsWith("pull_request");

export function ciRunRow(repositoryId: string, run: WorkflowRun): Kept["outside_ci_run"] {
  const isOver = run.status === "completed";
  const startedAt = run.run_started_at ?? run.created_at;
  const finishedAt = isOver ? new Date(Math.max(run.updated_at.getTime(), startedAt.getTime())) : null;
  return {
    ...{ externalId: `${run.id}/${run.run_attempt ?? 1}`, repositoryId, headSha: run.head_sha },
    workflow: oneLine(run.name || run.path, 200) || "unknown",
    ...{ startedAt, finishedAt, asOf: run.updated_at },
    conclusion: isOver ? (CONCLUDED[run.conclusion ?? ""] ?? "neutral") : null,
  };
}
