// A three-way merge by object ids alone, in the quarantine, with no work tree and no ref.

import { AppError } from "#lib/errors.ts";
import { PILOTHOUSE } from "../identity.ts";
import { objectId } from "../ids.ts";
import { type Quarantine, quarantineGit, quarantineOutput } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";

export interface Sides {
  /** Trees: the one that both sides come from, and what became of it on each. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

export type Merged =
  | { readonly outcome: "made"; readonly tree: string }
  | { readonly outcome: "conflict"; readonly paths: readonly string[] };

/** Git says nothing of more conflicts than anybody reads. */
const MOST_PATHS = 500;

export async function mergeTrees(quarantine: Quarantine, { base, ours, theirs }: Sides): Promise<Merged> {
  // Commits of no branch, by which merge-tree finds the base of both sides.
  const root = await commitOf(quarantine, base, []);
  const sides = [await commitOf(quarantine, ours, [root]), await commitOf(quarantine, theirs, [root])];
  const merged = await quarantineGit(quarantine, {
    args: ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ...sides],
  });
  const [tree = "", ...paths] = merged.stdout.toString("utf8").split("\0").filter(Boolean);
  if (merged.ended === "itself" && merged.code === 1 && paths.length > 0)
    return { outcome: "conflict", paths: [...new Set(paths)].slice(0, MOST_PATHS) };
  if (!succeeded(merged))
    throw new AppError("unexpected", `The trees could not be merged: ${failureSentence(merged)}.`);
  return { outcome: "made", tree: objectId(tree) };
}

/** Null where our copy has no such commit. */
export async function treeOf(quarantine: Quarantine, commit: string): Promise<string | null> {
  const found = await quarantineGit(quarantine, {
    args: ["rev-parse", "--verify", "--end-of-options", `${objectId(commit)}^{tree}`],
  });
  return succeeded(found) ? found.stdout.toString("latin1").trim() : null;
}

export async function hasTrees(quarantine: Quarantine, trees: readonly string[]): Promise<boolean> {
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
