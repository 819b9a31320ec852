// How our commit came to a branch that others may have gone on from, told from the objects and not from what a forge says.
import { AppError, unavailable } from "#lib/errors.ts";
import { hostGit, hostGitOutput } from "../git/host-git.ts";
import { objectId } from "../git/ids.ts";
import { mirrorRepository } from "../git/mirror/mirror-repository.ts";
import type { UpstreamBranch } from "../git/publish/authority.ts";
import type { Workshop } from "../git/quarantine.ts";
import { failureSentence, succeeded } from "../git/result.ts";

export interface CameIn {
  /** Ours where the branch itself stood at it, else the merge on the branch's own line that brought it. */
  readonly commit: string;
  readonly tree: string;
  /** Its first parent; null where it has none. */
  readonly onto: string | null;
}

interface Asked {
  /** Ours. */
  readonly commit: string;
  /** Where the branch stands. */
  readonly head: string;
}

/** Brings the mirror up to date first. Throws `unavailable`. */
export async function cameInUpstream(
  workshop: Workshop,
  upstream: UpstreamBranch,
  asked: Asked,
): Promise<CameIn | null> {
  const fetched = await mirrorRepository(workshop, upstream);
  if (fetched.outcome === "unreachable") throw unavailable(fetched.sentence);
  return cameIn(upstream.mirror, asked);
}

/** Null where the branch does not hold our commit. */
export async function cameIn(gitDir: string, asked: Asked): Promise<CameIn | null> {
  const [commit, head] = [objectId(asked.commit), objectId(asked.head)];
  const below = await hostGit({ gitDir, args: ["merge-base", "--is-ancestor", commit, head] });
  if (below.ended === "itself" && below.code === 1) return null;
  if (!succeeded(below))
    throw unavailable(`Whether the branch holds the commit cannot be told: ${failureSentence(below)}.`);
  const lines = async (...args: string[]): Promise<string[]> => {
    const range = [...args, "--end-of-options", head, `^${commit}`];
    const listed = await hostGitOutput({ gitDir, args: ["rev-list", ...range] });
    return listed.toString("latin1").split("\n").filter(Boolean);
  };
  const onLine = await lines("--first-parent", "--parents");
  const above = new Set(await lines("--ancestry-path"));
  // The oldest on the branch's own line that stands on ours: ours is its first parent, or it is the merge that brought ours.
  const oldest = onLine.map((line) => line.split(" ")).findLast(([id = ""]) => above.has(id));
  if (oldest === undefined && commit !== head)
    throw new AppError("unexpected", "No commit of the branch stands on ours, and the branch holds it.");
  const [brought = commit, first = commit] = oldest ?? [];
  const came = first === commit ? commit : brought;
  const read = ["log", "--max-count=1", "--no-show-signature", "--format=%T %P", "--end-of-options", came];
  const made = await hostGitOutput({ gitDir, args: read });
  const [tree = "", onto = null] = made.toString("latin1").trim().split(" ");
  return { commit: came, tree, onto };
}
