// The tree that undoes a merge on a branch that may have gone on: a three-way merge whose base is the merged tree and whose
// other side is the tree before it.
import type { Quarantine } from "../quarantine.ts";
import { hasTrees, mergeTrees, treeOf } from "./merge-trees.ts";

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

export async function inverseTree(
  quarantine: Quarantine,
  { head, mergedTree, beforeTree }: Undoing,
): Promise<Inverse> {
  const ours = await treeOf(quarantine, head);
  if (ours === null || !(await hasTrees(quarantine, [mergedTree, beforeTree])))
    return { outcome: "not_there" };
  const merged = await mergeTrees(quarantine, { base: mergedTree, ours, theirs: beforeTree });
  return merged.outcome === "made" && merged.tree === ours ? { outcome: "nothing_left" } : merged;
}
