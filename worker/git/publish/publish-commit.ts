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
import { plainLine, shownPath } from "../sentences.ts";
import type { Source } from "../source/check-source.ts";
import { type Authority, readAuthority, type UpstreamBranch } from "./authority.ts";

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
  | { readonly outcome: "unreachable"; readonly sentence: string };

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
    authority.kind === "own" ? await moveOwn(authority, base, commit) : await push(authority, base, commit);
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

async function push(upstream: UpstreamBranch, base: string, commit: string): Promise<PublishResult | null> {
  try {
    const result = await pushTo(upstream, base, commit);
    if (!succeeded(result)) return pushFailure(result, upstream.source, upstream.branch);
    await hostGitOutput({
      gitDir: upstream.mirror,
      args: ["update-ref", "--no-deref", upstreamRef(upstream.branch), commit],
    });
    return null;
  } catch (error) {
    if (error instanceof AppError && (error.code === "unavailable" || error.code === "refused"))
      return { outcome: "unreachable", sentence: error.message };
    throw error;
  }
}

/** Pushes notes that the mirror holds, without force. Null where the upstream took them, else what it said. */
export async function pushNotes(upstream: UpstreamBranch, ref: string): Promise<PublishResult | null> {
  const at = ref.lastIndexOf("/") + 1;
  const result = await pushInto(upstream, { folder: ref.slice(0, at), name: ref.slice(at), from: ref });
  return succeeded(result) ? null : pushFailure(result, upstream.source, ref);
}

/** Pushes a commit that the mirror holds to a branch of ours, without force. Null where the branch stands at it now. */
export async function pushBranch(
  upstream: UpstreamBranch,
  branch: string,
  commit: string,
): Promise<NotPushed | null> {
  try {
    const to = { folder: HEADS, name: branchName(branch), from: objectId(commit) };
    const result = await pushInto(upstream, to);
    return succeeded(result) ? null : pushFailure(result, upstream.source, branch);
  } catch (error) {
    if (error instanceof AppError && (error.code === "unavailable" || error.code === "refused"))
      return { outcome: "unreachable", sentence: error.message };
    throw error;
  }
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
  const call = (extra: string[], to: string) => ({
    gitDir: mirror,
    args: ["push", ...flags, ...extra, "--end-of-options", to, refspec],
    seconds: PUSH_SECONDS,
  });
  if (source.kind === "https") return httpsGit(source.url, upstream, call([], source.url));
  return withSafeDirectory(source.gitDir, (env) =>
    hostGit({
      ...call([`--receive-pack=${serverProgram("receive-pack")}`], source.gitDir),
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

type NotPushed = Extract<PublishResult, { readonly outcome: "refused" | "unreachable" }>;

const refusedBecause = (sentence: string): NotPushed => ({ outcome: "refused", sentence });

/** What a failed push means for a person. Whether the branch moved meanwhile is asked separately. */
function pushFailure(result: GitResult, source: Source, branch: string): NotPushed {
  const rejected = /^!\t[^\t]*\t(.*)$/m.exec(result.stdout.toString("utf8"))?.[1];
  const name = shownPath(branch, 80);
  if (source.kind === "path" && /checked out/.test(`${rejected} ${result.stderr}`)) {
    const where = shownPath(source.path);
    return refusedBecause(
      `The branch ${name} is checked out in ${where}, and git does not move a branch under a work tree. Check out another branch there, or use a bare repository (git clone --bare) as the upstream.`,
    );
  }
  if (
    /unpacker error|unable to (?:create|write)|Permission denied|insufficient permission/.test(
      `${rejected} ${result.stderr}`,
    )
  ) {
    return refusedBecause(
      "The upstream does not let Pilothouse write: give the worker's user write access to the repository.",
    );
  }
  if (/could not read Username|Authentication failed|returned error: 40[13]/.test(result.stderr)) {
    return refusedBecause(
      "The upstream takes a push only with a credential that may write this branch. The operator keeps it in the file PILOTHOUSE_GIT_CREDENTIALS. Where there is none, add the repository again and let approved merges move a branch kept here.",
    );
  }
  // GitHub, of a token that it was not given to.
  if (/refusing to allow .* workflow/i.test(rejected ?? ""))
    return refusedBecause(
      "The patch changes files below .github/workflows, and what GitHub is spoken to with may not. Give the token or the app the permission to write workflows, then approve again.",
    );
  if (rejected !== undefined)
    return refusedBecause(`The upstream refused the push to ${name}: ${plainLine(rejected, 300)}.`);
  return {
    outcome: "unreachable",
    sentence: `The push did not reach the upstream: ${failureSentence(result)}.`,
  };
}
