// What is asked of GitHub about one pull request of ours, call by call.
import { z } from "zod";
import type { ForgeOrder } from "../forge.ts";
import { Answered, asked, found, type GitHubApi } from "./api.ts";

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

const Commit = z.string().regex(/^[0-9a-f]{40}$/);
const Pull = z.object({
  number: z.int(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean(),
  merge_commit_sha: Commit.nullable(),
  head: z.object({ sha: Commit }),
  /** Whoever may write can point it at another branch. */
  base: z.object({ ref: z.string() }),
  html_url: z.string().max(2000),
});
export type Pull = z.infer<typeof Pull>;

/** The branch that a merge is proposed on: found again by whoever goes on after a crash. */
export const branchOf = (mergeId: string): string => `pilothouse/${mergeId}`;

const PULL = "/repos/{owner}/{repo}/pulls/{pull_number}";

export const readPull = (api: GitHubApi, at: Repository, pull_number: number): Promise<Pull> =>
  asked(Pull, () => api(`GET ${PULL}`, { ...at, pull_number }));

/** The newest one of a merge into its branch, in whatever state; one that leads elsewhere is none of ours. */
export async function findPull(
  api: GitHubApi,
  at: Repository,
  { mergeId, branch }: Pick<ForgeOrder, "mergeId" | "branch">,
): Promise<Pull | null> {
  const head = `${at.owner}:${branchOf(mergeId)}`;
  const [first] = await asked(z.array(z.object({ number: z.int() })), () =>
    api("GET /repos/{owner}/{repo}/pulls", {
      ...at,
      ...{ head, base: branch, state: "all", sort: "created", direction: "desc", per_page: 1 },
    }),
  );
  return first ? readPull(api, at, first.number) : null;
}

export async function openPull(api: GitHubApi, at: Repository, order: ForgeOrder): Promise<Pull> {
  const { mergeId, branch, message, body } = order;
  const [title = ""] = message.split("\n", 1);
  const { number } = await asked(z.object({ number: z.int() }), () =>
    api("POST /repos/{owner}/{repo}/pulls", {
      ...at,
      ...{ title: title.slice(0, 256), body, head: branchOf(mergeId), base: branch },
    }),
  );
  return readPull(api, at, number);
}

/** So that nobody merges by mistake what is approved no more. */
export async function closePull(api: GitHubApi, at: Repository, { number }: Pull): Promise<void> {
  await asked(z.unknown(), () => api(`PATCH ${PULL}`, { ...at, pull_number: number, state: "closed" }));
}

/** Where a branch stands; null where there is none. */
export async function headOf(api: GitHubApi, at: Repository, branch: string): Promise<string | null> {
  const ref = await found(z.object({ object: z.object({ sha: Commit }) }), () =>
    api("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...at, ref: `heads/${branch}` }),
  );
  return ref?.object.sha ?? null;
}

const Made = z.object({
  tree: z.object({ sha: Commit }),
  parents: z.array(z.object({ sha: Commit })),
});

/** Its tree, and its first parent: where the branch stood that it was made on. */
export async function readCommit(
  api: GitHubApi,
  at: Repository,
  commit_sha: string,
): Promise<{ readonly tree: string; readonly onto: string | null }> {
  const { tree, parents } = await asked(Made, () =>
    api("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", { ...at, commit_sha }),
  );
  return { tree: tree.sha, onto: parents[0]?.sha ?? null };
}

const Comparison = z.object({ status: z.enum(["diverged", "ahead", "behind", "identical"]) });

/** Whether a commit is among what `head` stands on, itself counted. */
export async function holds(
  api: GitHubApi,
  at: Repository,
  { commit, head }: { readonly commit: string; readonly head: string },
): Promise<boolean> {
  // The files that differ are on the first page alone, and nobody asked for them.
  const page = { per_page: 1, page: 2 };
  const compared = await found(Comparison, () =>
    api("GET /repos/{owner}/{repo}/compare/{basehead}", { ...at, basehead: `${commit}...${head}`, ...page }),
  );
  return compared?.status === "ahead" || compared?.status === "identical";
}

/** What became of asking for the merge; `waits` where GitHub does not take it now and may later. */
export type Merging =
  | { readonly outcome: "merged"; readonly commit: string }
  | { readonly outcome: "waits" | "changed" | "refused"; readonly said: string };

/** Only while the pull request stands at our commit. */
export async function mergePull(
  api: GitHubApi,
  at: Repository,
  { number }: Pull,
  { commit, message }: ForgeOrder,
): Promise<Merging> {
  const [subject = "", ...rest] = message.split("\n");
  try {
    const { sha } = await asked(z.object({ sha: Commit, merged: z.literal(true) }), () =>
      api(`PUT ${PULL}/merge`, {
        ...{ ...at, pull_number: number, sha: commit, merge_method: "merge" },
        ...{ commit_title: `${subject} (#${number})`, commit_message: rest.join("\n").trim() },
      }),
    );
    return { outcome: "merged", commit: sha };
  } catch (error) {
    if (!(error instanceof Answered)) throw error;
    if (error.status === 405) return { outcome: "waits", said: error.said };
    return { outcome: error.status === 409 ? "changed" : "refused", said: error.said };
  }
}
