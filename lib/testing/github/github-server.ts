// A server on this host that is GitHub for a test: a bare repository and what the REST API makes of it. Every request and
// every answer is held to GitHub's published description; what breaks it is kept in `faults`.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { z } from "zod";
import { playGit } from "../git/author.ts";
import { answerFault, exampleOf, match, requestFaults } from "./contract.ts";
import { type PullState, plainRefs, refHandlers, type ServedRefs } from "./served-refs.ts";
import {
  type Answer,
  APP,
  type Asked,
  type Handlers,
  noRules,
  rulesHandlers,
  type ServedRules,
} from "./served-rules.ts";

export interface CheckState {
  readonly sha: string;
  readonly name: string;
  readonly conclusion: string;
  readonly externalId: string | null;
  /** Of the app that set it; ours by default. */
  readonly app?: { readonly id: number; readonly client_id: string };
}

export interface GitHubServer extends ServedRules, ServedRefs {
  /** As a person writes the repository's address. */
  readonly address: string;
  readonly apiUrl: string;
  readonly pulls: PullState[];
  readonly checks: CheckState[];
  readonly faults: string[];
  /** Method and operation, in order. */
  readonly asked: string[];
  /** Of each token that was asked for. */
  readonly asksFor: Readonly<Record<string, string>>[];
  readonly tokens: { asked: number; revoked: number };
  /** Every answer from now on; null for what is true. */
  down: number | null;
  /** What it says instead of merging. */
  unwilling: string | null;
  /** Done before a merge that it was asked for, as others do. */
  beforeMerge: () => void;
  /** The connection is cut at the request of that number from now, before or after it was carried out. */
  cut: { at: number; when: "before" | "after" } | null;
}

export const TOKEN = "ghs_of_the_installation_1234567890";
const REPO = "/repos/{owner}/{repo}";
const EXPIRES = "2030-01-01T00:00:00Z";

const Wanted = z.object({ permissions: z.record(z.string(), z.string()) });
const NewPull = z.object({ title: z.string(), head: z.string(), base: z.string(), body: z.string() });
const NewRun = z.object({
  ...{ name: z.string(), head_sha: z.string(), conclusion: z.string(), external_id: z.string() },
});
const NewStatus = z.object({ state: z.string(), context: z.string() });
const Merge = z.object({ sha: z.string(), commit_title: z.string(), commit_message: z.string() });

const missing: Answer = [404, { message: "Not Found", documentation_url: "https://docs.github.com/rest" }];
const problem = (status: number, message: string): Answer => [
  status,
  { message, documentation_url: "https://docs.github.com/rest" },
];

function handlers(server: GitHubServer, gitDir: string): Handlers {
  const commitAt = (branch: string): string | null => {
    const name = playGit(gitDir, ["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`]);
    return name === "" ? null : name;
  };
  const whole = (pull: PullState, example: string) => {
    const shown = exampleOf(example);
    const sha = commitAt(pull.head) ?? "0".repeat(40);
    const head = { ...(shown.head as object), ref: pull.head, sha };
    const base = { ...(shown.base as object), ref: pull.base };
    const { number, title, body, state, merged } = pull;
    const more = { merged: merged !== null, merge_commit_sha: merged || null, head, base };
    return { ...shown, number, title, body, state, ...more, html_url: `${server.address}/pull/${number}` };
  };
  const one = `GET ${REPO}/pulls/{pull_number}`;
  const of = ({ params }: Asked) => server.pulls.find(({ number }) => number === Number(params.pull_number));
  return {
    "POST /app/installations/{installation_id}/access_tokens": ({ body }) => {
      server.tokens.asked += 1;
      server.asksFor.push(Wanted.parse(body).permissions);
      return [201, { token: TOKEN, expires_at: EXPIRES, permissions: { contents: "write" } }];
    },
    "DELETE /installation/token": () => {
      server.tokens.revoked += 1;
      return [204, undefined];
    },
    [`GET ${REPO}/pulls`]: ({ query }) => {
      const [, head] = (query.get("head") ?? "").split(":");
      const isAsked = (pull: PullState) =>
        pull.head === head && pull.base === (query.get("base") ?? pull.base);
      const [newest] = server.pulls.filter(isAsked).reverse();
      if (!newest) return [200, []];
      const { merged: _, ...listed } = whole(newest, one) as Record<string, unknown>;
      return [200, [listed]];
    },
    [one]: (asked) => {
      const pull = of(asked);
      return pull ? [200, whole(pull, one)] : missing;
    },
    [`POST ${REPO}/pulls`]: ({ body }) => {
      const made = NewPull.parse(body);
      if (
        server.pulls.some(
          ({ head, base, state }) => head === made.head && base === made.base && state === "open",
        )
      )
        return problem(422, "A pull request already exists.");
      const number = server.pulls.length + 1;
      const pull: PullState = { ...made, number, state: "open", merged: null };
      server.pulls.push(pull);
      return [201, whole(pull, one)];
    },
    [`PATCH ${REPO}/pulls/{pull_number}`]: (asked) => {
      const pull = of(asked);
      if (!pull) return missing;
      pull.state = "closed";
      return [200, whole(pull, one)];
    },
    [`PUT ${REPO}/pulls/{pull_number}/merge`]: (asked) => {
      const pull = of(asked);
      const merge = Merge.parse(asked.body);
      if (!pull) return missing;
      if (server.unwilling !== null) return problem(405, server.unwilling);
      if (pull.state !== "open") return problem(405, "Pull Request is not mergeable");
      if (commitAt(pull.head) !== merge.sha) return problem(409, "Head branch was modified.");
      server.beforeMerge();
      pull.merged = mergeInto(gitDir, pull, `${merge.commit_title}\n\n${merge.commit_message}`);
      pull.state = "closed";
      return [200, { sha: pull.merged, merged: true, message: "Pull Request successfully merged" }];
    },
    [`GET ${REPO}/commits/{ref}/check-runs`]: ({ params, query }) => {
      const runs = server.checks
        .filter(({ sha, name }) => sha === params.ref && name === query.get("check_name"))
        .reverse()
        .map((run) => shownRun(run));
      return [200, { total_count: runs.length, check_runs: runs }];
    },
    [`POST ${REPO}/check-runs`]: ({ body }) => {
      const made = NewRun.parse(body);
      const run = { ...made, sha: made.head_sha, externalId: made.external_id };
      server.checks.push(run);
      return [201, shownRun(run)];
    },
    [`POST ${REPO}/statuses/{sha}`]: ({ params, body }) => {
      const { state, context } = NewStatus.parse(body);
      server.checks.push({ sha: params.sha ?? "", name: context, conclusion: state, externalId: null });
      return [201, { ...exampleOf(`POST ${REPO}/statuses/{sha}`, "201"), state, context }];
    },
    [`GET ${REPO}/git/commits/{commit_sha}`]: ({ params }) => {
      const sha = params.commit_sha ?? "";
      const shown = exampleOf(`GET ${REPO}/git/commits/{commit_sha}`);
      const tree = { ...(shown.tree as object), sha: playGit(gitDir, ["rev-parse", `${sha}^{tree}`]) };
      const [parent = {}] = shown.parents as object[];
      const ids = playGit(gitDir, ["show", "-s", "--format=%P", sha]).split(" ").filter(Boolean);
      return [200, { ...shown, sha, tree, parents: ids.map((id) => ({ ...parent, sha: id })) }];
    },
    [`GET ${REPO}/git/ref/{ref}`]: ({ params }) => {
      const sha = commitAt((params.ref ?? "").replace(/^heads\//, ""));
      if (sha === null) return missing;
      const shown = exampleOf(`GET ${REPO}/git/ref/{ref}`);
      return [200, { ...shown, ref: `refs/${params.ref}`, object: { ...(shown.object as object), sha } }];
    },
    ...refHandlers(gitDir),
    ...rulesHandlers(server),
    [`GET ${REPO}`]: () => [200, exampleOf(`GET ${REPO}`)],
  };
}

export const OUR_APP = { id: APP, client_id: "Iv1.app" } as const;

function shownRun({ sha, conclusion, externalId, name, app = OUR_APP }: CheckState) {
  const shown = exampleOf(`POST ${REPO}/check-runs`, "201");
  const of = { ...shown, app: { ...(shown.app as object), ...app } };
  return { ...of, name, head_sha: sha, status: "completed", conclusion, external_id: externalId };
}

/** As GitHub merges: a commit with two parents, of whatever the base is by then. */
function mergeInto(gitDir: string, { head, base }: PullState, message: string): string {
  const git = (...args: string[]) => playGit(gitDir, args);
  const tree = git("merge-tree", "--write-tree", base, head).split("\n", 1)[0] ?? "";
  const commit = git("commit-tree", tree, "-p", base, "-p", head, "-m", message);
  git("update-ref", `refs/heads/${base}`, commit);
  return commit;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return pieces.every(({ length }) => length === 0)
    ? undefined
    : JSON.parse(Buffer.concat(pieces).toString());
}

export interface OpenGitHub extends GitHubServer {
  close(): void;
}

/** Of the bare repository at `gitDir`; closed after the file's tests. */
export async function githubServer(gitDir: string): Promise<GitHubServer> {
  const server = await openGitHub(gitDir);
  afterAll(server.close);
  return server;
}

/** Of the bare repository at `gitDir`. */
export async function openGitHub(gitDir: string): Promise<OpenGitHub> {
  const server: { -readonly [K in keyof GitHubServer]: GitHubServer[K] } = {
    ...{ address: "", apiUrl: "", pulls: [], checks: [], faults: [], asked: [], asksFor: [] },
    ...{ tokens: { asked: 0, revoked: 0 }, ...noRules(), down: null, unwilling: null, ...plainRefs() },
    ...{ beforeMerge: () => undefined, cut: null },
  };
  const known = handlers(server, gitDir);
  const http = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://here");
    const body = await bodyOf(request);
    const matched = match(request.method ?? "", url.pathname.replace(/^\/api\/v3/, ""));
    const handler = matched === null ? undefined : known[matched.operation];
    if (!matched || !handler) {
      server.faults.push(`${request.method} ${url.pathname} is not asked for`);
      response.writeHead(404).end();
      return;
    }
    const isCut = server.cut !== null && server.cut.at-- === 0;
    if (isCut && server.cut?.when === "before") return void request.socket.destroy();
    server.asked.push(matched.operation);
    server.faults.push(...requestFaults(matched, url.searchParams, body));
    const [status, answer] =
      server.down === null
        ? handler({ params: matched.params, query: url.searchParams, body })
        : problem(server.down, "Down");
    const fault = answerFault(matched, status, answer);
    if (fault !== null) server.faults.push(fault);
    if (isCut) return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
    response.end(answer === undefined ? "" : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const close = () => {
    http.closeAllConnections();
    http.close();
  };
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return Object.assign(server, { address: `${origin}/octo/shop`, apiUrl: `${origin}/api/v3`, close });
}
