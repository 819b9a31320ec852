// The ways to ask a source something. A path is read inside the sandbox, mounted read-only; https and ssh are spoken by
// the worker itself, pinned to the address that was checked.
import { access, constants } from "node:fs/promises";
import { unavailable } from "#lib/errors.ts";
import type { SshPlace } from "#lib/repositories/ssh-rules.ts";
import { serverProgram } from "../call.ts";
import { type HostGitCall, hostGit, hostGitOutput } from "../host-git.ts";
import { jailedGit } from "../jailed-git.ts";
import { adoptPacks } from "../packs.ts";
import {
  quarantineGit,
  quarantineOutput,
  quarantinePacks,
  type Workshop,
  withQuarantine,
} from "../quarantine.ts";
import { type GitResult, succeeded } from "../result.ts";
import { shownPath } from "../sentences.ts";
import type { Source } from "../source/check-source.ts";
import { closedPath } from "../source/closed-path.ts";
import { openCountedWay } from "../source/counted-way.ts";
import { checkHost, type NetworkPolicy, pinnedSettings } from "../source/pin-host.ts";
import { type SshKey, sshGit } from "../ssh/ssh-git.ts";

export interface Credential {
  readonly username: string;
  readonly password: string;
}

export interface RemoteAddress {
  readonly source: Source;
  readonly network: NetworkPolicy;
  readonly credential?: Credential | undefined;
  /** Of an ssh source; without it nothing is asked. */
  readonly ssh?: SshKey | undefined;
  readonly signal?: AbortSignal;
}

export interface FetchLimits {
  /** Wall clock of one fetch, seconds. */
  readonly seconds: number;
  /** Largest pack, bytes. */
  readonly packBytes: number;
}

export interface Remote {
  /** `git ls-remote --symref` of full ref names or patterns. */
  list(...patterns: string[]): Promise<GitResult>;
  /** Makes refs/upstream of the mirror what the remote's branches are. */
  fetch(mirror: string, limits: FetchLimits): Promise<GitResult>;
}

const MiB = 1024 * 1024;
const LIST_SECONDS = 60;
const LIST_BYTES = 16 * MiB;
const LIST = ["ls-remote", "--quiet", "--symref"];
const QUIETLY = [
  "--quiet",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
];
const FETCH = ["fetch", ...QUIETLY];
const REFSPEC = "+refs/heads/*:refs/upstream/heads/*";
const SOURCE = "/source";

/** Throws `refused` or `unavailable` where the source may not or cannot be asked. */
export async function openRemote(workshop: Workshop, address: RemoteAddress): Promise<Remote> {
  switch (address.source.kind) {
    case "path":
      return pathRemote(workshop, address, address.source.gitDir);
    case "https":
      return httpsRemote(address, address.source.url);
    case "ssh":
      return sshRemote(address, address.source.place);
  }
}

type HttpsGit = Pick<HostGitCall, "args" | "gitDir" | "seconds" | "outputBytes" | "fileBytes" | "signal">;

/** One git that speaks to an https source, by a way of its own; a credential goes past the process list. */
export async function httpsGit(
  url: string,
  { network, credential }: RemoteAddress,
  call: HttpsGit,
): Promise<GitResult> {
  const destination = await checkHost(new URL(url), network);
  const way = await openCountedWay(destination);
  try {
    const settings = pinnedSettings(destination, network, way.proxy);
    const env = credential === undefined ? {} : headerOf(credential);
    const result = await hostGit({ ...call, settings, env, protocol: "https" });
    const problem = way.problem();
    // git knows only that its proxy did not let it through.
    return succeeded(result) || problem === null ? result : { ...result, stderr: `fatal: ${problem}\n` };
  } finally {
    network.moved?.(await way.close());
  }
}

function headerOf({ username, password }: Credential): Record<string, string> {
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

function sshRemote(address: RemoteAddress, place: SshPlace): Remote {
  const { signal } = address;
  return {
    list: (...patterns) =>
      sshGit(place, address, {
        args: (to) => [...LIST, "--end-of-options", to, ...patterns],
        seconds: LIST_SECONDS,
        outputBytes: LIST_BYTES,
        signal,
      }),
    fetch: (mirror, { seconds, packBytes }) =>
      sshGit(place, address, {
        gitDir: mirror,
        args: (from) => [...FETCH, "--prune", "--end-of-options", from, REFSPEC],
        seconds,
        fileBytes: packBytes,
        signal,
      }),
  };
}

async function httpsRemote(address: RemoteAddress, url: string): Promise<Remote> {
  const { signal } = address;
  await checkHost(new URL(url), address.network);
  return {
    list: (...patterns) =>
      httpsGit(url, address, {
        args: [...LIST, "--end-of-options", url, ...patterns],
        seconds: LIST_SECONDS,
        outputBytes: LIST_BYTES,
        signal,
      }),
    fetch: (mirror, { seconds, packBytes }) =>
      httpsGit(url, address, {
        gitDir: mirror,
        args: [...FETCH, "--prune", "--end-of-options", url, REFSPEC],
        seconds,
        fileBytes: packBytes,
        signal,
      }),
  };
}

async function requireOpen(workshop: Workshop, gitDir: string): Promise<void> {
  const { uid } = workshop.sandbox;
  const looked = uid === null ? access(gitDir, constants.R_OK | constants.X_OK) : closedPath(gitDir, uid);
  const closed = await looked.catch((error: unknown) => {
    throw unavailable(
      `The repository at ${shownPath(gitDir)} is not there any more, or may not be read.`,
      error,
    );
  });
  if (typeof closed !== "string") return;
  throw unavailable(
    `The user that reads repositories may not read ${shownPath(closed)}: let every user read the repository (chmod -R o+rX) and enter the folders above it (chmod o+x), or use a copy elsewhere.`,
  );
}

async function pathRemote(workshop: Workshop, { signal }: RemoteAddress, gitDir: string): Promise<Remote> {
  await requireOpen(workshop, gitDir);
  const settings = { "safe.directory": SOURCE };
  const call = { readOnly: { [gitDir]: SOURCE }, protocol: "file", settings, signal } as const;
  const program = `--upload-pack=${serverProgram("upload-pack", SOURCE)}`;
  return {
    list: (...patterns) =>
      jailedGit(workshop.sandbox, {
        ...call,
        args: [...LIST, program, "--end-of-options", SOURCE, ...patterns],
        limits: { seconds: LIST_SECONDS, outputBytes: LIST_BYTES },
      }),
    fetch: (mirror, { seconds, packBytes }) =>
      withQuarantine(workshop, mirror, async (quarantine) => {
        const limits = { seconds, diskBytes: packBytes };
        const args = [...FETCH, program, "--end-of-options", SOURCE, REFSPEC];
        const fetched = await quarantineGit(quarantine, { ...call, args, limits });
        if (!succeeded(fetched)) return fetched;
        const listing = ["for-each-ref", "--format=%(objectname) %(refname)", "refs/upstream"];
        const refs = await quarantineOutput(quarantine, { args: listing });
        await adoptPacks(quarantinePacks(quarantine), mirror, packBytes);
        await setUpstreamRefs(mirror, refs.toString("utf8"));
        return fetched;
      }),
  };
}

/** Makes refs/upstream of the mirror exactly `listing`; deletions first, since `a` may have become `a/b`. */
async function setUpstreamRefs(mirror: string, listing: string): Promise<void> {
  const lines = listing.split("\n").filter((line) => line !== "");
  const wanted = new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
  const present = await hostGitOutput({
    gitDir: mirror,
    args: ["for-each-ref", "--format=%(refname)", "refs/upstream"],
  });
  const gone = present
    .toString("utf8")
    .split("\n")
    .filter((ref) => ref !== "" && !wanted.has(ref));
  const update = (commands: string[]) =>
    hostGitOutput({
      gitDir: mirror,
      args: ["update-ref", "--no-deref", "-z", "--stdin"],
      input: commands.join(""),
    });
  await update(gone.map((ref) => `delete ${ref}\0\0`));
  await update([...wanted].map(([ref, id]) => `update ${ref}\0${id}\0\0`));
}
