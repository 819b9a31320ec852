// Brings a mirror up to date with its source, or says in a sentence why that cannot be.
import { AppError } from "#lib/errors.ts";
import { hostGitOutput } from "../host-git.ts";
import { branchName, upstreamRef } from "../ids.ts";
import { removeLeftovers } from "../packs.ts";
import type { Workshop } from "../quarantine.ts";
import { failureSentence, type GitResult, succeeded } from "../result.ts";
import { findCommit, openMirror } from "./open-mirror.ts";
import { chooseBranch, parseRemoteRefs, type RefProblem } from "./remote-refs.ts";
import { type FetchLimits, openRemote, type RemoteAddress } from "./remotes.ts";

const MiB = 1024 * 1024;
const DEFAULT_LIMITS: FetchLimits = { seconds: 600, packBytes: 2048 * MiB };

export interface MirrorOrder extends RemoteAddress {
  /** Host path of the bare repository, made if absent. */
  readonly mirror: string;
  /** Branch to work on; null = the source's default. */
  readonly branch: string | null;
  readonly limits?: Partial<FetchLimits>;
}

export type MirrorResult =
  | { readonly outcome: "mirrored"; readonly branch: string; readonly head: string; readonly commits: number }
  | RefProblem
  | { readonly outcome: "unreachable"; readonly sentence: string };

/** Throws `refused` where the source's host has an address that is not allowed. */
export async function mirrorRepository(workshop: Workshop, order: MirrorOrder): Promise<MirrorResult> {
  if (order.branch !== null) branchName(order.branch);
  await openMirror(order.mirror);
  await removeLeftovers(order.mirror);
  try {
    const remote = await openRemote(workshop, order);
    const answer = await remote.list("HEAD", "refs/heads/*");
    if (!succeeded(answer)) return unreachable(failureSentence(answer));
    const chosen = chooseBranch(parseRemoteRefs(answer.stdout.toString("utf8")), order.branch);
    if (!("branch" in chosen)) return chosen;
    const limits = { ...DEFAULT_LIMITS, ...order.limits };
    const fetched = await remote.fetch(order.mirror, limits);
    if (!succeeded(fetched)) return unreachable(fetchFailure(fetched, limits));
    return await describe(order.mirror, chosen.branch);
  } catch (error) {
    if (error instanceof AppError && error.code === "unavailable")
      return { outcome: "unreachable", sentence: error.message };
    throw error;
  }
}

const unreachable = (reason: string): MirrorResult => ({
  outcome: "unreachable",
  sentence: `The repository cannot be read: ${reason}.`,
});

/** An index-pack that the file limit ended says nothing; fetch then reports its silence. */
function fetchFailure(result: GitResult, { packBytes }: FetchLimits): string {
  const silent = /^fatal: (?:fetch-pack: )?invalid index-pack output\s*$/.test(result.stderr);
  if (!silent || result.ended !== "itself") return failureSentence(result);
  return `its history is larger than ${packBytes} bytes, or was cut short on the way`;
}

async function describe(mirror: string, branch: string): Promise<MirrorResult> {
  const head = await findCommit(mirror, upstreamRef(branch));
  if (head === null) return unreachable("its branch went away while it was being read");
  const count = await hostGitOutput({
    gitDir: mirror,
    args: ["rev-list", "--count", "--end-of-options", head],
  });
  return { outcome: "mirrored", branch, head, commits: Number(count.toString("latin1")) };
}
