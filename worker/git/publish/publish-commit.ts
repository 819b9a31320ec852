// Moves the authority's branch from the approved base to the rebuilt commit, or not at all. The comparison and the
// move are one step of the side that owns the ref: `update-ref` with the expected value, or a push with a lease.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "#lib/errors.ts";
import { serverProgram } from "../call.ts";
import { hostGit, hostGitOutput } from "../host-git.ts";
import { branchName, objectId, ownRef, upstreamRef } from "../ids.ts";
import { hasCommit } from "../mirror/open-mirror.ts";
import { httpsGit } from "../mirror/remotes.ts";
import type { Workshop } from "../quarantine.ts";
import { failureSentence, type GitResult, succeeded } from "../result.ts";
import { sshGit, type Unreachable, unreachableBy } from "../ssh/ssh-git.ts";
import { type Authority, readAuthority, type UpstreamBranch } from "./authority.ts";
import { type NotPushed, pushFailure, refusedBecause } from "./push-failure.ts";

export interface PublishOrder {
  readonly authority: Authority;
  /** Where the branch must stand, and the parent of `commit`. */
  readonly base: string;
  /** Held by the mirror (installBundle). */
  readonly commit: string;
  /** Asked right before it would move: why it must not now; null where it may. */
  held?(): Promise<string | null>;
}

export type PublishResult =
  | { readonly outcome: "moved" }
  /** `actual` is null where the branch is gone. */
  | { readonly outcome: "base_moved"; readonly actual: string | null }
  | { readonly outcome: "refused"; readonly sentence: string }
  /** Whether it moved is not known: ask readAuthority later. */
  | Unreachable;

const PUSH_SECONDS = 120;

/** Safe to repeat: a branch that already stands at `commit` counts as moved. */
export async function publishCommit(workshop: Workshop, order: PublishOrder): Promise<PublishResult> {
  const { authority } = order;
  const base = objectId(order.base);
  const commit = objectId(order.commit);
  if (!(await hasCommit(authority.mirror, commit)))
    throw new AppError("unexpected", "The mirror does not hold the commit to publish.");
  const standing = await judge(workshop, authority, base, commit);
  if (standing !== "at_base") return standing;
  const held = (await order.held?.()) ?? null;
  if (held !== null) return refusedBecause(held);
  const failure =
    authority.kind === "own"
      ? await moveOwn(authority, base, commit)
      : await moveBranch(authority, base, commit);
  if (failure === null) return { outcome: "moved" };
  const after = await judge(workshop, authority, base, commit);
  return after === "at_base" ? failure : after;
}

async function judge(
  workshop: Workshop,
  authority: Authority,
  base: string,
  commit: string,
): Promise<"at_base" | PublishResult> {
  const standing = await readAuthority(workshop, authority);
  if (standing.outcome === "unreachable") return standing;
  if (standing.commit === base) return "at_base";
  return standing.commit === commit
    ? { outcome: "moved" }
    : { outcome: "base_moved", actual: standing.commit };
}

async function moveOwn(
  { mirror, branch }: { mirror: string; branch: string },
  base: string,
  commit: string,
): Promise<PublishResult | null> {
  const result = await hostGit({
    gitDir: mirror,
    args: ["update-ref", "--no-deref", ownRef(branch), commit, base],
  });
  return succeeded(result)
    ? null
    : { outcome: "refused", sentence: `Our own branch was not moved: ${failureSentence(result)}.` };
}

/** Where the upstream's branch stands at `base`, to the commit that stands on it and that the mirror holds. Null where it moved. */
export function moveBranch(
  upstream: UpstreamBranch,
  base: string,
  commit: string,
): Promise<NotPushed | null> {
  return orUnreachable(async () => {
    const result = await pushTo(upstream, objectId(base), objectId(commit));
    if (!succeeded(result)) return pushFailure(result, upstream.source, upstream.branch);
    await hostGitOutput({
      gitDir: upstream.mirror,
      args: ["update-ref", "--no-deref", upstreamRef(upstream.branch), commit],
    });
    return null;
  });
}

/** An upstream that may not be spoken to now may be later. */
async function orUnreachable(push: () => Promise<NotPushed | null>): Promise<NotPushed | null> {
  try {
    return await push();
  } catch (error) {
    if (error instanceof AppError && (error.code === "unavailable" || error.code === "refused"))
      return unreachableBy(error);
    throw error;
  }
}

/** Pushes notes that the mirror holds, without force. Null where the upstream took them, else what it said. */
export function pushNotes(upstream: UpstreamBranch, ref: string): Promise<NotPushed | null> {
  const at = ref.lastIndexOf("/") + 1;
  return orUnreachable(async () => {
    const result = await pushInto(upstream, { folder: ref.slice(0, at), name: ref.slice(at), from: ref });
    return succeeded(result) ? null : pushFailure(result, upstream.source, ref);
  });
}

/** Pushes a commit that the mirror holds to a branch of ours, without force. Null where the branch stands at it now. */
export function pushBranch(
  upstream: UpstreamBranch,
  branch: string,
  commit: string,
): Promise<NotPushed | null> {
  return orUnreachable(async () => {
    const to = { folder: HEADS, name: branchName(branch), from: objectId(commit) };
    const result = await pushInto(upstream, to);
    return succeeded(result) ? null : pushFailure(result, upstream.source, branch);
  });
}

function pushTo(upstream: UpstreamBranch, base: string, commit: string): Promise<GitResult> {
  const name = branchName(upstream.branch);
  // The commit is a child of base, so a push that finds base there is a fast-forward; the lease never forces one.
  const lease = [`--force-with-lease=${HEADS}${name}:${base}`];
  return pushInto(upstream, { folder: HEADS, name, from: commit }, lease);
}

const HEADS = "refs/heads/";

interface Destination {
  /** With a slash at its end. */
  readonly folder: string;
  readonly name: string;
  /** An id, or a ref of the mirror. */
  readonly from: string;
}

/**
 * By a pattern that one ref of ours fits: a destination that is named in full is still matched as the end of a name, and where
 * somebody made a branch called refs/heads/main, git refuses to push to main.
 */
async function pushInto(
  upstream: UpstreamBranch,
  { folder, name, from }: Destination,
  lease: readonly string[] = [],
): Promise<GitResult> {
  const place = `refs/pilothouse/push/${randomBytes(8).toString("hex")}`;
  const update = (...args: string[]) =>
    hostGitOutput({ gitDir: upstream.mirror, args: ["update-ref", "--no-deref", ...args] });
  await update(`${place}/${name}`, from);
  try {
    return await pushRef(upstream, `${place}/*:${folder}*`, lease);
  } finally {
    await update("-d", `${place}/${name}`);
  }
}

async function pushRef(
  upstream: UpstreamBranch,
  refspec: string,
  lease: readonly string[],
): Promise<GitResult> {
  const { source, mirror } = upstream;
  const flags = [
    "--porcelain",
    "--no-verify",
    "--signed=no",
    "--no-follow-tags",
    "--recurse-submodules=no",
    ...lease,
  ];
  const argsTo = (to: string, ...extra: string[]) => [
    ...["push", ...flags, ...extra, "--end-of-options", to, refspec],
  ];
  const call = { gitDir: mirror, seconds: PUSH_SECONDS };
  if (source.kind === "https") return httpsGit(source.url, upstream, { ...call, args: argsTo(source.url) });
  if (source.kind === "ssh") return sshGit(source.place, upstream, { ...call, args: (to) => argsTo(to) });
  return withSafeDirectory(source.gitDir, (env) =>
    hostGit({
      ...call,
      args: argsTo(source.gitDir, `--receive-pack=${serverProgram("receive-pack")}`),
      env,
      protocol: "file",
    }),
  );
}

/** A global config for one call that trusts one repository of another owner; `-c` does not reach the receiving git. */
async function withSafeDirectory<T>(
  gitDir: string,
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-git-"));
  try {
    const file = join(folder, "config");
    await hostGitOutput({ args: ["config", "--file", file, "--add", "safe.directory", gitDir] });
    return await work({ GIT_CONFIG_GLOBAL: file });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
