// How branches stand to each other, and what a push to one makes of pull requests, for the server of the tests.
import { spawnSync } from "node:child_process";
import { playGit } from "../git/author.ts";
import { exampleOf } from "./contract.ts";
import type { Answer, Handlers } from "./served-rules.ts";

const REPO = "/repos/{owner}/{repo}";

export interface PullState {
  readonly number: number;
  readonly head: string;
  base: string;
  readonly title: string;
  readonly body: string;
  state: "open" | "closed";
  /** Empty where it is merged, and which commit that is it does not say yet. */
  merged: string | null;
}
export interface ServedRefs {
  /** Of pull requests whose commit came to their branch otherwise: what it names as their merge; null for that commit. */
  names: string | null;
  /** It shows those as merged at once. */
  quick: boolean;
}

export const plainRefs = (): ServedRefs => ({ names: null, quick: true });

interface Refs extends ServedRefs {
  readonly pulls: readonly PullState[];
}

const documentation_url = "https://docs.github.com/rest";
const missing: Answer = [404, { message: "Not Found", documentation_url }];

const commitAt = (gitDir: string, branch: string): string =>
  playGit(gitDir, ["for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`]);

/** As GitHub does after a push: a pull request whose head its base stands at is shown as merged. */
export function showArrived(server: Refs, gitDir: string): void {
  for (const pull of server.quick ? server.pulls : []) {
    const head = commitAt(gitDir, pull.head);
    if (pull.state === "open" && head !== "" && commitAt(gitDir, pull.base) === head)
      Object.assign(pull, { state: "closed", merged: server.names ?? head });
  }
}

export function refHandlers(gitDir: string): Handlers {
  const says = (...args: string[]): boolean =>
    spawnSync("git", ["--git-dir", gitDir, ...args], { stdio: "ignore" }).status === 0;
  const isThere = (commit: string): boolean => says("cat-file", "-e", `${commit}^{commit}`);
  const isBelow = (commit: string, head: string): boolean =>
    says("merge-base", "--is-ancestor", commit, head);
  return {
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
