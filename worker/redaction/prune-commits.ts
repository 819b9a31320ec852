// Commits of a run that a mirror holds and no branch does: built for a merge that the authority refused.
import { stat } from "node:fs/promises";
import { hostGit, hostGitOutput } from "../git/host-git.ts";
import { objectId } from "../git/ids.ts";
import { hasCommit } from "../git/mirror/open-mirror.ts";
import { succeeded } from "../git/result.ts";

/** Where commits that a run still stands on are held while the rest is thrown away. */
const KEEP = "refs/pilothouse/keep";
const SECONDS = 600;

export interface PruneOrder {
  readonly mirror: string;
  readonly commits: readonly string[];
  /** Base commits of runs that go on: kept, even where the source has dropped them. */
  readonly keep: readonly string[];
}

/** A mirror that cannot be looked at is not one that holds nothing: the order stays unfinished. */
async function isThere(mirror: string): Promise<boolean> {
  const found = await stat(mirror).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return found !== null;
}

async function isPublished(mirror: string, commit: string): Promise<boolean> {
  const args = ["for-each-ref", "--count=1", `--contains=${commit}`, "--format=%(refname)", "--", "refs/"];
  return (await hostGitOutput({ gitDir: mirror, args })).length > 0;
}

/**
 * Removes what no ref reaches from the mirror's packs, if one of `commits` is there and unreached. The caller holds
 * the mirror. Returns the commits that stay because a branch holds them.
 */
export async function pruneCommits({ mirror, commits, keep }: PruneOrder): Promise<string[]> {
  if (!(await isThere(mirror))) return [];
  const published: string[] = [];
  let unreached = 0;
  for (const commit of commits.map(objectId)) {
    if (!(await hasCommit(mirror, commit))) continue;
    if (await isPublished(mirror, commit)) published.push(commit);
    else unreached += 1;
  }
  if (unreached > 0) await repack(mirror, keep.map(objectId));
  return published;
}

async function repack(mirror: string, keep: readonly string[]): Promise<void> {
  const refs: string[] = [];
  for (const commit of keep) {
    if (!(await hasCommit(mirror, commit))) continue;
    refs.push(`${KEEP}/${commit}`);
    await hostGitOutput({ gitDir: mirror, args: ["update-ref", `${KEEP}/${commit}`, commit] });
  }
  // -a: one pack of what is reached; -d: the old packs go, with what nobody reaches.
  await hostGitOutput({ gitDir: mirror, args: ["repack", "-a", "-d", "-q"], seconds: SECONDS });
  await hostGitOutput({ gitDir: mirror, args: ["prune", "--expire=now"], seconds: SECONDS });
  for (const ref of refs) {
    const removed = await hostGit({ gitDir: mirror, args: ["update-ref", "-d", ref] });
    if (!succeeded(removed)) throw new Error(`${ref} stays in ${mirror}`);
  }
}
