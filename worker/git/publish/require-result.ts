// The last look before a ref moves: what is about to become the branch is what was approved, on what it was approved on,
// and what a runner tested. Asked of the objects as the mirror holds them, not of what we meant to build.
import { AppError } from "#lib/errors.ts";
import { hostGit } from "../host-git.ts";
import { objectId } from "../ids.ts";
import { succeeded } from "../result.ts";

export interface MergeResult {
  readonly commit: string;
  /** What was approved, and on what. */
  readonly tree: string;
  readonly base: string;
  /** What evidence is about; null where somebody merges past the gate, which waits for none. */
  readonly tested: { readonly tree: string; readonly base: string } | null;
}

/** Throws where the commit is another one: nothing is moved then, and somebody has to look into it. */
export async function requireResult(mirror: string, result: MergeResult): Promise<void> {
  const why = whyAnother(await read(mirror, result.commit), result);
  if (why !== null) throw new AppError("unexpected", `Nothing is merged: ${why}`);
}

interface Built {
  readonly tree: string;
  readonly parents: readonly string[];
}

async function read(mirror: string, commit: string): Promise<Built | null> {
  const args = ["show", "--no-patch", "--format=%T %P", "--end-of-options", objectId(commit)];
  const shown = await hostGit({ gitDir: mirror, args });
  if (!succeeded(shown)) return null;
  const [tree = "", ...parents] = shown.stdout.toString("latin1").trim().split(" ");
  return { tree, parents };
}

/** Pure. Null where everything is one and the same. */
export function whyAnother(
  built: Built | null,
  { tree, base, tested }: Omit<MergeResult, "commit">,
): string | null {
  if (built === null) return "the commit that was built cannot be read.";
  if (built.tree !== tree) return `the commit holds the tree ${built.tree}, and ${tree} was approved.`;
  if (built.parents.length !== 1 || built.parents[0] !== base)
    return `the commit stands on ${built.parents.join(" and ") || "nothing"}, and it was approved on ${base}.`;
  if (tested !== null && (tested.tree !== tree || tested.base !== base))
    return `the tree ${tree} on ${base} is not what was tested, which is ${tested.tree} on ${tested.base}.`;
  return null;
}
