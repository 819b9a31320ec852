// A patch on a base that moved: the tree it makes there, where it is the same patch to the byte. A three-way merge gives the
// tree, and the differences of both, by path, mode and object id on either side, say whether it is the same: that is what a
// patch's digest is of.
import { AppError } from "#lib/errors.ts";
import type { Quarantine } from "../quarantine.ts";
import { quarantineGit } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";
import { hasTrees, mergeTrees, treeOf } from "./merge-trees.ts";

export interface Rebasing {
  /** Where the branch stands: a commit. */
  readonly head: string;
  /** Trees on both sides of the patch. */
  readonly baseTree: string;
  readonly tree: string;
}

export type Rebased =
  | { readonly outcome: "made"; readonly tree: string }
  /** It conflicts, or is another patch there. */
  | { readonly outcome: "changed" }
  | { readonly outcome: "nothing_left" }
  | { readonly outcome: "not_there" };

const MiB = 1024 * 1024;

export async function rebasedTree(
  quarantine: Quarantine,
  { head, baseTree, tree }: Rebasing,
): Promise<Rebased> {
  const ours = await treeOf(quarantine, head);
  if (ours === null || !(await hasTrees(quarantine, [baseTree, tree]))) return { outcome: "not_there" };
  const merged = await mergeTrees(quarantine, { base: baseTree, ours, theirs: tree });
  if (merged.outcome === "conflict") return { outcome: "changed" };
  if (merged.tree === ours) return { outcome: "nothing_left" };
  const [before, after] = [
    await difference(quarantine, baseTree, tree),
    await difference(quarantine, ours, merged.tree),
  ];
  return before.equals(after) ? merged : { outcome: "changed" };
}

/** Every path whose entry differs, with modes and objects of both sides. */
async function difference(quarantine: Quarantine, from: string, to: string): Promise<Buffer> {
  const read = await quarantineGit(quarantine, {
    args: ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--end-of-options", from, to],
    limits: { outputBytes: 32 * MiB },
  });
  if (!succeeded(read))
    throw new AppError("unexpected", `Two trees could not be compared: ${failureSentence(read)}.`);
  return read.stdout;
}
