// What GitHub knows of a range of days: deployments with how they went, pull requests, runs of workflows on a branch. One call
// reads one page, and says how much more GitHub wants to be asked.
import { z } from "zod";
import { DAY, SECOND } from "#lib/clock.ts";
import type { Fetched, FetchForWork } from "#lib/deliveries/fetches/schema.ts";
import type { PageRead } from "#lib/deliveries/fetches/service.ts";
import { changeRow, ciRunRow, deploymentRow, isByPeople, isOfBranch } from "#lib/deliveries/github/rules.ts";
import {
  DeploymentStatus,
  GitHubDeployment,
  GitHubPull,
  PullCommit,
  WorkflowRuns,
} from "#lib/deliveries/github/schema.ts";
import { settled } from "#lib/deliveries/rows/rules.ts";
import type { Kept } from "#lib/deliveries/rows/schema.ts";
import { asked, type GitHubApi } from "./api.ts";
import type { Repository } from "./pulls.ts";

/** Each is asked about once more, so that a page stays well below an hour's share. */
const PAGE = 30;
const RUNS_PAGE = 50;
/** GitHub answers no search past its thousandth result. */
const MOST_RUNS = 1000;
/** Left for merges and rules, which go by the same connection. */
const LEFT_FOR_OTHERS = 200;

export interface Asking {
  readonly api: GitHubApi;
  readonly at: Repository;
  readonly of: FetchForWork;
  readonly branch: string;
  readonly source: string;
  readonly author: (login: string) => string;
}

type Called = { readonly data: unknown; readonly headers: Readonly<Record<string, unknown>> };

/** As `asked`, and remembers how much is left of what may be asked. */
function counted() {
  let restUntil: number | null = null;
  const ask = <T>(schema: z.ZodType<T>, call: () => Promise<Called>): Promise<T> =>
    asked(schema, async () => {
      const answer = await call();
      const left = Number(answer.headers["x-ratelimit-remaining"] ?? Number.NaN);
      const reset = Number(answer.headers["x-ratelimit-reset"] ?? Number.NaN);
      if (left < LEFT_FOR_OTHERS && reset > 0) restUntil = (reset + 1) * SECOND;
      return answer;
    });
  return { ask, restUntil: () => restUntil };
}

const isIn = ({ since, until }: FetchForWork, at: Date): boolean => at >= since && at < until;

async function deployments({ api, at, of, source }: Asking): Promise<PageRead<"deployment">> {
  const { ask, restUntil } = counted();
  const all = await ask(z.array(GitHubDeployment), () =>
    api("GET /repos/{owner}/{repo}/deployments", { ...at, per_page: PAGE, page: of.page }),
  );
  const rows: Kept["deployment"][] = [];
  for (const each of all.filter(({ created_at }) => isIn(of, created_at))) {
    const statuses = await ask(z.array(DeploymentStatus), () =>
      api("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
        ...{ ...at, deployment_id: each.id, per_page: 100 },
      }),
    );
    const words = [null, ...statuses].flatMap((said) => deploymentRow(of.repositoryId, each, said) ?? []);
    const [first, ...others] = words;
    if (first) rows.push(others.reduce((known, told) => settled("deployment", known, told), first));
  }
  const isPast = all.some(({ created_at }) => created_at < of.since);
  const isLast = all.length < PAGE || isPast;
  return { source, rows, passedOver: all.length - rows.length, isLast, restUntil: restUntil() };
}

/**
 * In the order they were opened: nothing moves in it while page after page is read, and each is seen. What was merged in the range
 * may have been opened long before it, so all that were opened before its end are read.
 */
async function changes({ api, at, of, branch, source, author }: Asking): Promise<PageRead<"outside_change">> {
  const { ask, restUntil } = counted();
  const all = await ask(z.array(GitHubPull), () =>
    api("GET /repos/{owner}/{repo}/pulls", {
      ...{ ...at, state: "all", sort: "created", direction: "asc", per_page: PAGE, page: of.page },
    }),
  );
  const meant = all.filter(
    (pull) =>
      isByPeople(pull, branch) &&
      pull.created_at < of.until &&
      (pull.closed_at === null || pull.closed_at >= of.since),
  );
  const rows: Kept["outside_change"][] = [];
  for (const pull of meant) {
    const commits =
      pull.merged_at === null
        ? []
        : await ask(z.array(PullCommit), () =>
            api("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", {
              ...{ ...at, pull_number: pull.number, per_page: 1 },
            }),
          );
    const firstCommitAt = commits[0]?.commit.author?.date ?? null;
    rows.push(
      changeRow(pull, {
        ...{ repositoryId: of.repositoryId, path: `${at.owner}/${at.repo}`, firstCommitAt },
        author: pull.user === null ? null : author(pull.user.login),
      }),
    );
  }
  const isLast = all.length < PAGE || all.some(({ created_at }) => created_at >= of.until);
  return { source, rows, passedOver: all.length - rows.length, isLast, restUntil: restUntil() };
}

/** A day at once: GitHub's own limit of a search holds for each of them. */
async function runs({ api, at, of, branch, source }: Asking): Promise<PageRead<"outside_ci_run">> {
  const { ask, restUntil } = counted();
  const day = new Date(of.since.getTime() + (of.page - 1) * DAY);
  const created = `${day.toISOString()}..${new Date(day.getTime() + DAY - SECOND).toISOString()}`;
  const rows: Kept["outside_ci_run"][] = [];
  let read = 0;
  for (let page = 1; page * RUNS_PAGE <= MOST_RUNS; page++) {
    const { workflow_runs: more } = await ask(WorkflowRuns, () =>
      api("GET /repos/{owner}/{repo}/actions/runs", { ...at, branch, created, per_page: RUNS_PAGE, page }),
    );
    read += more.length;
    rows.push(...more.filter((run) => isOfBranch(run, branch)).map((run) => ciRunRow(of.repositoryId, run)));
    if (more.length < RUNS_PAGE) break;
  }
  const isLast = day.getTime() + DAY >= of.until.getTime();
  return { source, rows, passedOver: read - rows.length, isLast, restUntil: restUntil() };
}

const READS: { readonly [K in Fetched]: (asking: Asking) => Promise<PageRead<K>> } = {
  deployment: deployments,
  outside_change: changes,
  outside_ci_run: runs,
};

export const readHistory = <K extends Fetched>(kind: K, asking: Asking): Promise<PageRead<K>> =>
  READS[kind](asking);
