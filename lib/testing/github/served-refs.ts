// How branches stand to each other and how one is moved, for the server of the tests.
import { spawnSync } from "node:child_process";
import { z } from "zod";
import { playGit } from "../git/author.ts";
import { exampleOf } from "./contract.ts";
import type { Answer, Handlers, ServedRules } from "./served-rules.ts";

const REPO = "/repos/{owner}/{repo}";
const NewRef = z.object({ sha: z.string(), force: z.boolean().default(false) });

export interface PullState {
  readonly number: number;
  readonly head: string;
  base: string;
  readonly title: string;
  readonly body: string;
  state: "open" | "closed";
  merged: string | null;
}
export interface ServedRefs {
  /** Of pull requests whose commit came to their branch otherwise: what it names as their merge; null for that commit. */
  names: string | null;
  /** It shows those as merged at once. */
  quick: boolean;
  /** The older protection of the branch wants pull requests, which nobody is shown who may only read. */
  olderRefuses: boolean;
}

export const plainRefs = (): ServedRefs => ({ names: null, quick: true, olderRefuses: false });

interface Refs extends ServedRefs, Pick<ServedRules, "rules"> {
  readonly pulls: readonly PullState[];
  readonly unwilling: string | null;
  readonly beforeMerge: () => void;
}

const documentation_url = "https://docs.github.com/rest";
const missing: Answer = [404, { message: "Not Found", documentation_url }];
const invalid = (message: string): Answer => [422, { message, documentation_url, errors: [] }];

export function refHandlers(server: Refs, gitDir: string): Handlers {
  const says = (...args: string[]): boolean =>
    spawnSync("git", ["--git-dir", gitDir, ...args], { stdio: "ignore" }).status === 0;
  const isThere = (commit: string): boolean => says("cat-file", "-e", `${commit}^{commit}`);
  const isBelow = (commit: string, head: string): boolean =>
    says("merge-base", "--is-ancestor", commit, head);
  const commitAt = (branch: string): string =>
    playGit(gitDir, ["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`]);
  return {
    [`PATCH ${REPO}/git/refs/{ref}`]: ({ params, body }) => {
      const { sha, force } = NewRef.parse(body);
      const branch = (params.ref ?? "").replace(/^heads\//, "");
      server.beforeMerge();
      const at = commitAt(branch);
      if (at === "") return invalid("Reference does not exist");
      if (server.unwilling !== null) return invalid(server.unwilling);
      if (server.olderRefuses || server.rules.some(({ type }) => type === "pull_request"))
        return invalid("Changes must be made through a pull request.");
      if (!force && !isBelow(at, sha)) return invalid("Update is not a fast forward");
      playGit(gitDir, ["update-ref", `refs/heads/${branch}`, sha]);
      for (const pull of server.quick ? server.pulls : [])
        if (pull.base === branch && pull.state === "open" && commitAt(pull.head) === sha)
          Object.assign(pull, { state: "closed", merged: server.names ?? sha });
      const shown = exampleOf(`PATCH ${REPO}/git/refs/{ref}`);
      return [200, { ...shown, ref: `refs/heads/${branch}`, object: { ...(shown.object as object), sha } }];
    },
    [`GET ${REPO}/compare/{basehead}`]: ({ params }) => {
      const [base = "", head = ""] = (params.basehead ?? "").split("...");
      if (!isThere(base) || !isThere(head)) return missing;
      const apart = isBelow(head, base) ? "behind" : "diverged";
      const status = base === head ? "identical" : isBelow(base, head) ? "ahead" : apart;
      const { files: _, ...shown } = exampleOf(`GET ${REPO}/compare/{basehead}`);
      return [200, { ...shown, status, commits: [] }];
    },
  };
}
