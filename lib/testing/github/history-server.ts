// What GitHub's API answers about a range of days, for tests: deployments, pull requests and runs, page by page. Its answers are
// typed by GitHub's own published types, field by field as far as they are read.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { components } from "@octokit/openapi-types/types.d.ts";
import { afterAll } from "vitest";

type Schemas = components["schemas"];
type Pull = Schemas["pull-request-simple"];

type DeploymentField = "id" | "sha" | "environment" | "created_at" | "production_environment";
export type ServedDeployment = Pick<Schemas["deployment"], DeploymentField>;
export type ServedStatus = Pick<Schemas["deployment-status"], "state" | "created_at">;
type PullField =
  | "number"
  | "created_at"
  | "updated_at"
  | "closed_at"
  | "merged_at"
  | "merge_commit_sha"
  | "body";
export type ServedPull = Pick<Pull, PullField> & {
  readonly user: Pick<NonNullable<Pull["user"]>, "login" | "type"> | null;
  readonly head: Pick<Pull["head"], "ref" | "sha">;
  readonly base: Pick<Pull["base"], "ref">;
};
type RunField = "id" | "run_attempt" | "name" | "path" | "event" | "status" | "conclusion" | "head_sha";
type RunTime = "head_branch" | "created_at" | "updated_at" | "run_started_at";
export type ServedRun = Pick<Schemas["workflow-run"], RunField | RunTime>;

export interface HistoryServer {
  readonly address: string;
  readonly deployments: ServedDeployment[];
  /** By deployment, newest first as GitHub lists them. */
  readonly statuses: Map<number, ServedStatus[]>;
  readonly pulls: ServedPull[];
  /** Author date of a pull request's first commit. */
  readonly firstCommits: Map<number, string>;
  readonly runs: ServedRun[];
  /** Paths with their queries, in order. */
  readonly asked: string[];
  /** Permissions of each token that was asked for. */
  readonly wanted: unknown[];
  /** The next answers, before what is true. */
  readonly instead: { status: number; headers?: Record<string, string>; cut?: true }[];
  /** Beside every answer. */
  readonly headers: Record<string, string>;
}

const REPO = "/api/v3/repos/octo/shop";

function pageOf<T>(all: readonly T[], query: URLSearchParams): T[] {
  const size = Number(query.get("per_page") ?? 30);
  const page = Number(query.get("page") ?? 1);
  return all.slice((page - 1) * size, page * size);
}

/** As GitHub sorts: by when they were opened unless told otherwise, newest first. */
function sortedPulls(pulls: readonly ServedPull[], query: URLSearchParams): ServedPull[] {
  const isUpdated = query.get("sort") === "updated";
  const placeOf = ({ created_at, updated_at }: ServedPull) => Date.parse(isUpdated ? updated_at : created_at);
  const sign = query.get("direction") === "asc" ? 1 : -1;
  return [...pulls].sort((a, b) => sign * (placeOf(a) - placeOf(b) || a.number - b.number));
}

function answerOf(server: HistoryServer, path: string, query: URLSearchParams): unknown {
  const [, deployment] = /^\/deployments\/(\d+)\/statuses$/.exec(path) ?? [];
  if (deployment !== undefined) return pageOf(server.statuses.get(Number(deployment)) ?? [], query);
  const [, pull] = /^\/pulls\/(\d+)\/commits$/.exec(path) ?? [];
  if (pull !== undefined) {
    const date = server.firstCommits.get(Number(pull));
    return date === undefined ? [] : [{ commit: { author: { date } } }];
  }
  if (path === "/deployments") return pageOf(server.deployments, query);
  if (path === "/pulls") return pageOf(sortedPulls(server.pulls, query), query);
  if (path !== "/actions/runs") return null;
  const [from = "", to = ""] = (query.get("created") ?? "").split("..");
  const isIn = ({ created_at }: ServedRun) =>
    Date.parse(created_at) >= Date.parse(from) && Date.parse(created_at) <= Date.parse(to);
  const runs = server.runs.filter((run) => isIn(run) && run.head_branch === query.get("branch"));
  return { total_count: runs.length, workflow_runs: pageOf(runs, query) };
}

export async function historyServer(): Promise<HistoryServer> {
  const http = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://x");
      const say = (status: number, body: unknown, headers: Record<string, string> = {}) =>
        response
          .writeHead(status, { "content-type": "application/json", ...server.headers, ...headers })
          .end(body === undefined ? undefined : JSON.stringify(body));
      if (url.pathname.endsWith("/access_tokens")) {
        server.wanted.push(JSON.parse(Buffer.concat(pieces).toString("utf8")).permissions);
        return say(201, { token: "ghs_of_the_installation" });
      }
      if (url.pathname.endsWith("/installation/token")) return say(204, undefined);
      server.asked.push(`${url.pathname.slice(REPO.length)}${url.search}`);
      const instead = server.instead.shift();
      if (instead?.cut) return request.socket.destroy();
      if (instead) return say(instead.status, { message: "No." }, instead.headers);
      const answer = answerOf(server, url.pathname.slice(REPO.length), url.searchParams);
      return answer === null ? say(404, { message: "Not Found" }) : say(200, answer);
    });
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  afterAll(() => new Promise((resolve) => void http.close(resolve)));
  const { port } = http.address() as AddressInfo;
  const server: HistoryServer = {
    ...{ address: `http://127.0.0.1:${port}/octo/shop`, deployments: [], statuses: new Map(), pulls: [] },
    ...{ firstCommits: new Map(), runs: [], asked: [], wanted: [], instead: [], headers: {} },
  };
  return server;
}
