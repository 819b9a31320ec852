// The place whose word counts for where a branch stands: the upstream if there is one, else our own ref.
import { AppError } from "#lib/errors.ts";
import { serverProgram } from "../call.ts";
import { hostGit, hostGitOutput } from "../host-git.ts";
import { branchName, objectId, ownRef } from "../ids.ts";
import { jailedGit } from "../jailed-git.ts";
import { findCommit } from "../mirror/open-mirror.ts";
import { parseRemoteRefs } from "../mirror/remote-refs.ts";
import type { Workshop } from "../quarantine.ts";
import { failureSentence, type GitResult, succeeded } from "../result.ts";
import type { Source } from "../source/check-source.ts";
import { type NetworkPolicy, pinHost } from "../source/pin-host.ts";

export interface Credential {
  readonly username: string;
  readonly password: string;
}

export interface OwnBranch {
  readonly kind: "own";
  readonly mirror: string;
  readonly branch: string;
}

export interface UpstreamBranch {
  readonly kind: "upstream";
  readonly mirror: string;
  readonly branch: string;
  readonly source: Source;
  readonly network: NetworkPolicy;
  readonly credential?: Credential;
}

export type Authority = OwnBranch | UpstreamBranch;

export type Standing =
  /** `commit` is null where the branch does not exist. */
  | { readonly outcome: "at"; readonly commit: string | null }
  | { readonly outcome: "unreachable"; readonly sentence: string };

interface HttpsAccess {
  readonly settings: Record<string, string>;
  readonly env: Record<string, string>;
}

const SOURCE = "/source";
const SECONDS = 60;

/** Settings that reach an https upstream, and the environment that carries a credential past the process list. */
export async function httpsAccess(
  url: string,
  { network, credential }: UpstreamBranch,
): Promise<HttpsAccess> {
  const settings = await pinHost(new URL(url), network);
  if (credential === undefined) return { settings, env: {} };
  const basic = Buffer.from(`${credential.username}:${credential.password}`).toString("base64");
  return {
    settings,
    env: {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "http.extraHeader",
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    },
  };
}

async function listRemote(workshop: Workshop, upstream: UpstreamBranch): Promise<GitResult> {
  const ref = `refs/heads/${branchName(upstream.branch)}`;
  const { source } = upstream;
  if (source.kind === "https") {
    const access = await httpsAccess(source.url, upstream);
    return hostGit({
      ...access,
      protocol: "https",
      args: ["ls-remote", "--quiet", "--end-of-options", source.url, ref],
      seconds: SECONDS,
    });
  }
  const program = `--upload-pack=${serverProgram("upload-pack", SOURCE)}`;
  return jailedGit(workshop.sandbox, {
    protocol: "file",
    readOnly: { [source.gitDir]: SOURCE },
    settings: { "safe.directory": SOURCE },
    args: ["ls-remote", "--quiet", program, "--end-of-options", SOURCE, ref],
    limits: { seconds: SECONDS },
  });
}

/** Asks the authority where its branch stands now. */
export async function readAuthority(workshop: Workshop, authority: Authority): Promise<Standing> {
  if (authority.kind === "own")
    return { outcome: "at", commit: await findCommit(authority.mirror, ownRef(authority.branch)) };
  try {
    const listing = await listRemote(workshop, authority);
    if (!succeeded(listing)) {
      return {
        outcome: "unreachable",
        sentence: `The upstream cannot be read: ${failureSentence(listing)}.`,
      };
    }
    const { branches } = parseRemoteRefs(listing.stdout.toString("utf8"));
    return { outcome: "at", commit: branches.get(authority.branch) ?? null };
  } catch (error) {
    if (error instanceof AppError && error.code === "unavailable")
      return { outcome: "unreachable", sentence: error.message };
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
