// The place whose word counts for where a branch stands: the upstream if there is one, else our own ref.
import { AppError } from "#lib/errors.ts";
import { hostGitOutput } from "../host-git.ts";
import { branchName, objectId, ownRef } from "../ids.ts";
import { findCommit } from "../mirror/open-mirror.ts";
import { parseRemoteRefs } from "../mirror/remote-refs.ts";
import { openRemote, type RemoteAddress } from "../mirror/remotes.ts";
import type { Workshop } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";
import { type Unreachable, unreachableBy } from "../ssh/ssh-git.ts";

export interface OwnBranch {
  readonly kind: "own";
  readonly mirror: string;
  readonly branch: string;
}

export interface UpstreamBranch extends RemoteAddress {
  readonly kind: "upstream";
  readonly mirror: string;
  readonly branch: string;
}

export type Authority = OwnBranch | UpstreamBranch;

export type Standing =
  /** `commit` is null where the branch does not exist. */
  { readonly outcome: "at"; readonly commit: string | null } | Unreachable;

/** Asks the authority where its branch stands now. */
export async function readAuthority(workshop: Workshop, authority: Authority): Promise<Standing> {
  const { branch } = authority;
  if (authority.kind === "own")
    return { outcome: "at", commit: await findCommit(authority.mirror, ownRef(branch)) };
  try {
    const remote = await openRemote(workshop, authority);
    const listing = await remote.list(`refs/heads/${branchName(branch)}`);
    if (!succeeded(listing)) {
      return {
        outcome: "unreachable",
        sentence: `The upstream cannot be read: ${failureSentence(listing)}.`,
      };
    }
    const { branches } = parseRemoteRefs(listing.stdout.toString("utf8"));
    return { outcome: "at", commit: branches.get(branch) ?? null };
  } catch (error) {
    // Also where its host has begun to resolve to an address that is not allowed.
    if (error instanceof AppError && (error.code === "unavailable" || error.code === "refused"))
      return unreachableBy(error);
    throw error;
  }
}

/** Creates our own branch of a repository without upstream; an existing one is left as it is. */
export async function startOwnBranch({ mirror, branch }: OwnBranch, commit: string): Promise<void> {
  const ref = ownRef(branch);
  if ((await findCommit(mirror, ref)) !== null) return;
  const mustNotExist = "0".repeat(40);
  await hostGitOutput({
    gitDir: mirror,
    args: ["update-ref", "--no-deref", ref, objectId(commit), mustNotExist],
  });
}
