// What `git ls-remote --symref` says of a repository, and what follows for the branch we work on.
import { listed, shownPath } from "../sentences.ts";

export interface RemoteRefs {
  /** Branch that HEAD names, if it names one. */
  readonly defaultBranch: string | null;
  /** Branch name → commit id. */
  readonly branches: ReadonlyMap<string, string>;
}

export type RefProblem =
  | { readonly outcome: "empty_repository"; readonly sentence: string }
  | { readonly outcome: "missing_branch"; readonly sentence: string; readonly existing: readonly string[] };

const BRANCH = "refs/heads/";
const SHOWN_BRANCHES = 10;

export function parseRemoteRefs(output: string): RemoteRefs {
  const branches = new Map<string, string>();
  let defaultBranch: string | null = null;
  for (const line of output.split("\n")) {
    const [left = "", name = ""] = line.split("\t");
    if (left.startsWith(`ref: ${BRANCH}`) && name === "HEAD")
      defaultBranch = left.slice(`ref: ${BRANCH}`.length);
    else if (name.startsWith(BRANCH) && /^[0-9a-f]{40}$/.test(left))
      branches.set(name.slice(BRANCH.length), left);
  }
  return { defaultBranch, branches };
}

/** The branch to work on: the wanted one, else the remote's default. */
export function chooseBranch(
  refs: RemoteRefs,
  wanted: string | null,
): { readonly branch: string } | RefProblem {
  if (refs.branches.size === 0) {
    return {
      outcome: "empty_repository",
      sentence: "The repository has no commits yet; push a first one, then try again.",
    };
  }
  const existing = [...refs.branches.keys()].sort().slice(0, SHOWN_BRANCHES);
  const names = listed(existing.map((name) => shownPath(name, 80)));
  const more =
    refs.branches.size > existing.length ? ` and ${refs.branches.size - existing.length} more` : "";
  const branch = wanted ?? refs.defaultBranch;
  if (branch === null) {
    return {
      outcome: "missing_branch",
      sentence: `The repository names no default branch; choose one of ${names}${more}.`,
      existing,
    };
  }
  if (!refs.branches.has(branch)) {
    const sentence = `There is no branch ${shownPath(branch, 80)}; the repository has ${names}${more}.`;
    return { outcome: "missing_branch", sentence, existing };
  }
  return { branch };
}
