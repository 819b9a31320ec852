// The place where branches of a repository live and are merged. What an approval covers is brought there by `publish`;
// everything it does can be done again after a crash between any two of its steps.

import type { Unreachable } from "../git/ssh/ssh-git.ts";

export interface ForgeOrder {
  readonly mergeId: string;
  /** Without refs/heads/. */
  readonly branch: string;
  /** Where the branch must stand, and the parent of `commit`. */
  readonly base: string;
  /** Ours, held by the mirror. */
  readonly commit: string;
  /** What was approved. */
  readonly tree: string;
  /** Of the commit: subject, blank line, trailers. */
  readonly message: string;
  /** What people read beside it on the forge: Markdown of ours. */
  readonly body: string;
  /** It changes what the forge runs by itself, for which GitHub wants a permission of its own. */
  readonly changesWorkflows: boolean;
  /** Where the run is shown. */
  readonly url: string;
  /** When it was decided. */
  readonly since: Date;
  now(): number;
  /** A sentence where an emergency stop holds what is not merged yet; null where none does. */
  held(): Promise<string | null>;
}

export type Published =
  /**
   * `commit` is what the branch got; `otherTree` what it holds where that is not what was approved, and `otherBase` what it stands
   * on where the tree is the approved one and the base is not: the branch was rewound, and what was removed came back.
   */
  | {
      readonly outcome: "moved";
      readonly commit: string;
      readonly otherTree: string | null;
      readonly otherBase?: string | null;
    }
  /** `actual` is null where the branch is gone. */
  | { readonly outcome: "base_moved"; readonly actual: string | null }
  | { readonly outcome: "refused"; readonly sentence: string }
  /** Whether it moved is not known, or what it waits for is not there yet: it is asked again later. */
  | Unreachable;

/** What came to the branch, held to what was approved. `onto`: its first parent; null where it has none. */
export function movedTo(
  { base, tree }: Pick<ForgeOrder, "base" | "tree">,
  came: { readonly commit: string; readonly tree: string; readonly onto: string | null },
): Published {
  const otherTree = came.tree === tree ? null : came.tree;
  const otherBase = otherTree === null && came.onto !== base ? came.onto : null;
  return { outcome: "moved", commit: came.commit, otherTree, ...(otherBase === null ? {} : { otherBase }) };
}

export interface Forge {
  publish(order: ForgeOrder): Promise<Published>;
}
