// Brings a mirror up to date with its source. A path is read inside the sandbox with the source mounted
// read-only; https is spoken by the worker, pinned to the address that was checked.
import { AppError } from "#lib/errors.ts";
import { serverProgram } from "../call.ts";
import { hostGit, hostGitOutput } from "../host-git.ts";
import { branchName, upstreamRef } from "../ids.ts";
import { jailedGit } from "../jailed-git.ts";
import { adoptPacks, removeLeftovers } from "../packs.ts";
import {
  quarantineGit,
  quarantineOutput,
  quarantinePacks,
  type Workshop,
  withQuarantine,
} from "../quarantine.ts";
import { failureSentence, type GitResult, succeeded } from "../result.ts";
import type { Source } from "../source/check-source.ts";
import type { NetworkPolicy } from "../source/pin-host.ts";
import { pinHost } from "../source/pin-host.ts";
import { openMirror } from "./open-mirror.ts";
import { chooseBranch, parseRemoteRefs, type RefProblem } from "./remote-refs.ts";

export interface MirrorLimits {
  /** Wall clock of one fetch, seconds. */
  readonly seconds: number;
  /** Largest pack, bytes. */
  readonly packBytes: number;
}

const MiB = 1024 * 1024;
const DEFAULT_LIMITS: MirrorLimits = { seconds: 600, packBytes: 2048 * MiB };
const LIST_SECONDS = 60;
const LIST_BYTES = 16 * MiB;

export interface MirrorOrder {
  readonly source: Source;
  /** Host path of the bare repository, made if absent. */
  readonly mirror: string;
  /** Branch to work on; null = the source's default. */
  readonly branch: string | null;
  readonly network: NetworkPolicy;
  readonly limits?: Partial<MirrorLimits>;
  readonly signal?: AbortSignal;
}

export type MirrorResult =
  | { readonly outcome: "mirrored"; readonly branch: string; readonly head: string; readonly commits: number }
  | RefProblem
  | { readonly outcome: "unreachable"; readonly sentence: string };

const REFSPEC = "+refs/heads/*:refs/upstream/heads/*";
const FETCH = [
  "fetch",
  "--quiet",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
];
const LIST = ["ls-remote", "--quiet", "--symref"];
const LISTED = ["HEAD", "refs/heads/*"];
const SOURCE = "/source";

/** The two questions a source is asked. Both leave what was fetched in the mirror. */
interface Remote {
  list(): Promise<GitResult>;
  fetch(limits: MirrorLimits): Promise<GitResult>;
}

export async function mirrorRepository(workshop: Workshop, order: MirrorOrder): Promise<MirrorResult> {
  if (order.branch !== null) branchName(order.branch);
  await openMirror(order.mirror);
  await removeLeftovers(order.mirror);
  try {
    const remote = await remoteOf(workshop, order);
    const answer = await remote.list();
    if (!succeeded(answer)) return unreachable(failureSentence(answer));
    const chosen = chooseBranch(parseRemoteRefs(answer.stdout.toString("utf8")), order.branch);
    if (!("branch" in chosen)) return chosen;
    const fetched = await remote.fetch({ ...DEFAULT_LIMITS, ...order.limits });
    if (!succeeded(fetched)) return unreachable(failureSentence(fetched));
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

async function describe(mirror: string, branch: string): Promise<MirrorResult> {
  const ref = upstreamRef(branch);
  const head = await hostGitOutput({
    gitDir: mirror,
    args: ["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`],
  });
  const count = await hostGitOutput({
    gitDir: mirror,
    args: ["rev-list", "--count", "--end-of-options", ref],
  });
  return {
    outcome: "mirrored",
    branch,
    head: head.toString("latin1").trim(),
    commits: Number(count.toString("latin1")),
  };
}

async function remoteOf(workshop: Workshop, order: MirrorOrder): Promise<Remote> {
  switch (order.source.kind) {
    case "path":
      return pathRemote(workshop, order, order.source.gitDir);
    case "https":
      return httpsRemote(order, order.source.url);
  }
}

async function httpsRemote({ mirror, network, signal }: MirrorOrder, url: string): Promise<Remote> {
  const call = {
    gitDir: mirror,
    protocol: "https",
    settings: await pinHost(new URL(url), network),
    signal,
  } as const;
  return {
    list: () =>
      hostGit({
        ...call,
        args: [...LIST, "--end-of-options", url, ...LISTED],
        seconds: LIST_SECONDS,
        outputBytes: LIST_BYTES,
      }),
    fetch: ({ seconds, packBytes }) =>
      hostGit({
        ...call,
        args: [...FETCH, "--prune", "--end-of-options", url, REFSPEC],
        seconds,
        fileBytes: packBytes,
      }),
  };
}

function pathRemote(workshop: Workshop, { mirror, signal }: MirrorOrder, gitDir: string): Remote {
  const call = {
    readOnly: { [gitDir]: SOURCE },
    protocol: "file",
    settings: { "safe.directory": SOURCE },
    signal,
  } as const;
  const program = `--upload-pack=${serverProgram("upload-pack", SOURCE)}`;
  return {
    list: () =>
      jailedGit(workshop.sandbox, {
        ...call,
        args: [...LIST, program, "--end-of-options", SOURCE, ...LISTED],
        limits: { seconds: LIST_SECONDS, outputBytes: LIST_BYTES },
      }),
    fetch: ({ seconds, packBytes }) =>
      withQuarantine(workshop, mirror, async (quarantine) => {
        const fetched = await quarantineGit(quarantine, {
          ...call,
          args: [...FETCH, program, "--end-of-options", SOURCE, REFSPEC],
          limits: { seconds, diskBytes: packBytes },
        });
        if (!succeeded(fetched)) return fetched;
        const refs = await quarantineOutput(quarantine, {
          args: ["for-each-ref", "--format=%(objectname) %(refname)", "refs/upstream"],
        });
        await adoptPacks(quarantinePacks(quarantine), mirror, packBytes);
        await setUpstreamRefs(mirror, refs.toString("utf8"));
        return fetched;
      }),
  };
}

/** Makes refs/upstream of the mirror exactly `listing`; deletions first, since `a` may have become `a/b`. */
async function setUpstreamRefs(mirror: string, listing: string): Promise<void> {
  const wanted = new Map(
    listing
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [[line.slice(41), line.slice(0, 40)] as const])),
  );
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
