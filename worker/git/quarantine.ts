// A throw-away bare repository in a directory that only the sandbox writes. Objects of strangers are unpacked
// and read here; our mirror is mounted read-only beside it and completes them.
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "#lib/jail/port.ts";
import { type JailedGitCall, jailedGit, jailedGitOutput } from "./jailed-git.ts";
import type { GitResult } from "./result.ts";

export interface Quarantine {
  readonly sandbox: Sandbox;
  /** Host directory, writable inside the sandbox. */
  readonly path: string;
  /** Host path of our mirror. */
  readonly mirror: string;
}

export interface Workshop {
  readonly sandbox: Sandbox;
  /** Host directory for quarantines; every path component must be searchable by the sandbox's uid. */
  readonly scratch: string;
}

const INSIDE = "/quarantine";
const REPOSITORY = `${INSIDE}/objects.git`;
const MIRROR = "/mirror.git";

type QuarantineCall = Omit<JailedGitCall, "gitDir" | "writable" | "alternate">;

const placed = (quarantine: Quarantine, call: QuarantineCall): JailedGitCall => ({
  ...call,
  gitDir: REPOSITORY,
  writable: { host: quarantine.path, inside: INSIDE },
  readOnly: { [quarantine.mirror]: MIRROR, ...call.readOnly },
  alternate: MIRROR,
});

/** git in the quarantine; a non-zero exit is a result. */
export const quarantineGit = (quarantine: Quarantine, call: QuarantineCall): Promise<GitResult> =>
  jailedGit(quarantine.sandbox, placed(quarantine, call));

/** git in the quarantine that must succeed. */
export const quarantineOutput = (quarantine: Quarantine, call: QuarantineCall): Promise<Buffer> =>
  jailedGitOutput(quarantine.sandbox, placed(quarantine, call));

/** Where the packs of a quarantine lie on the host. What is there was written inside the sandbox. */
export const quarantinePacks = (quarantine: Quarantine): string =>
  join(quarantine.path, "objects.git/objects/pack");

/** Opens a quarantine for `work` and removes it afterwards, whatever happened. */
export async function withQuarantine<T>(
  { sandbox, scratch }: Workshop,
  mirror: string,
  work: (quarantine: Quarantine) => Promise<T>,
): Promise<T> {
  // The sandbox mounts no path that leads through a link.
  const path = await mkdtemp(join(await realpath(scratch), "quarantine-"));
  try {
    const writable = { host: path, inside: INSIDE };
    await jailedGitOutput(sandbox, { writable, args: ["init", "--quiet", "--bare", REPOSITORY] });
    return await work({ sandbox, path, mirror: await realpath(mirror) });
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
