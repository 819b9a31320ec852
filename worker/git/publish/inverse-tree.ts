// The tree that undoes a merge on a branch that may have gone on: a three-way merge by object ids alone, whose base is
// the merged tree and whose other side is the tree before it. In the quarantine, with no work tree and no ref.

import { AppError } from "#lib/errors.ts";
import { PILOTHOUSE } from "../identity.ts";
import { objectId } from "../ids.ts";
import { type Quarantine, quarantineGit, quarantineOutput } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";

export interface Undoing {
  /** Where the branch stands: a commit. */
  readonly head: string;
  /** Trees on both sides of what is undone. */
  readonly mergedTree: string;
  readonly beforeTree: string;
}

export type Inverse =
  | { readonly outcome: "made"; readonly tree: string }
  | { readonly outcome: "conflict"; readonly paths: readonly string[] }
  | { readonly outcome: "nothing_left" }
  /** An object of either tree is not in our copy. */
  | { readonly outcome: "not_there" };

/** Git says nothing of more conflicts than anybody reads. */
const MOST_PATHS = 500;

export async function inverseTree(quarantine: Quarantine, undoing: Undoing): Promise<Inverse> {
  const { head, mergedTree, beforeTree } = undoing;
  const headTree = await treeOf(quarantine, objectId(head));
  if (headTree === null || !(await hasTrees(quarantine, [mergedTree, beforeTree])))
    return { outcome: "not_there" };
  // Commits of no branch, by which merge-tree finds the merged tree as the base of both sides.
  const base = await commitOf(quarantine, mergedTree, []);
  const ours = await commitOf(quarantine, headTree, [base]);
  const theirs = await commitOf(quarantine, beforeTree, [base]);
  const merged = await quarantineGit(quarantine, {
    args: ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs],
  });
  const [tree = "", ...paths] = merged.stdout.toString("utf8").split("\0").filter(Boolean);
  if (merged.ended === "itself" && merged.code === 1 && paths.length > 0)
    return { outcome: "conflict", paths: [...new Set(paths)].slice(0, MOST_PATHS) };
  if (!succeeded(merged))
    throw new AppError("unexpected", `The revert could not be worked out: ${failureSentence(merged)}.`);
  return tree === headTree ? { outcome: "nothing_left" } : { outcome: "made", tree: objectId(tree) };
}

async function treeOf(quarantine: Quarantine, commit: string): Promise<string | null> {
  const found = await quarantineGit(quarantine, {
    args: ["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`],
  });
  return succeeded(found) ? found.stdout.toString("latin1").trim() : null;
}

async function hasTrees(quarantine: Quarantine, trees: readonly string[]): Promise<boolean> {
  for (const tree of trees) {
    const type = await quarantineGit(quarantine, { args: ["cat-file", "-t", objectId(tree)] });
    if (!succeeded(type) || type.stdout.toString("latin1").trim() !== "tree") return false;
  }
  return true;
}

async function commitOf(quarantine: Quarantine, tree: string, parents: readonly string[]): Promise<string> {
  const { name, email } = PILOTHOUSE;
  const written = await quarantineOutput(quarantine, {
    args: ["commit-tree", objectId(tree), ...parents.flatMap((parent) => ["-p", parent])],
    env: {
      ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: "@0 +0000" },
      ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: "@0 +0000" },
    },
    input: "Only to be merged\n",
  });
  return objectId(written.toString("latin1").trim());
}
