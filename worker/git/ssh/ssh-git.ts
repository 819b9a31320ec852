// One git that speaks to an upstream over ssh, by a way of its own to the addresses that were checked.
import { AppError, refused } from "#lib/errors.ts";
import type { SealedKey } from "#lib/repositories/keys/schema.ts";
import type { SshPlace } from "#lib/repositories/ssh-rules.ts";
import { type HostGitCall, hostGit } from "../host-git.ts";
import { type GitResult, succeeded } from "../result.ts";
import { openCountedPort } from "../source/counted-way.ts";
import { checkPlace, type NetworkPolicy } from "../source/pin-host.ts";
import { withKeyFiles } from "./key-files.ts";
import { gitAddress, sshCommand } from "./ssh-command.ts";

/** What is shown to the host, and what it is known by. */
export type SshKey = SealedKey;

export type SshGit = Pick<HostGitCall, "gitDir" | "seconds" | "outputBytes" | "fileBytes" | "signal"> & {
  /** For the address that git is to be given. */
  args(address: string): readonly string[];
};

/** The host showed a key that nobody pinned. */
export class OtherHostKey extends AppError {
  constructor(host: string) {
    super(
      "refused",
      `${host} does not show the host key that was pinned for it, so nothing was sent there and nothing taken. Ask its owner whether the key was changed; if it was, pin the new one.`,
    );
  }
}

export interface Unreachable {
  readonly outcome: "unreachable";
  readonly sentence: string;
  /** Its host showed a key that nobody pinned. */
  readonly otherHostKey?: true;
}

export const unreachableBy = (error: AppError): Unreachable => ({
  ...{ outcome: "unreachable", sentence: error.message },
  ...(error instanceof OtherHostKey ? { otherHostKey: true } : {}),
});

const NO_KEY = "No host key is pinned for this repository, and no key is set to show there. Set them first.";

/** Throws `refused` or `unavailable`; a failing git is a result. */
export async function sshGit(
  place: SshPlace,
  { network, ssh }: { readonly network: NetworkPolicy; readonly ssh?: SshKey | undefined },
  { args, ...call }: SshGit,
): Promise<GitResult> {
  if (ssh === undefined || ssh.hostKeys.length === 0) throw refused(NO_KEY);
  const destination = await checkPlace(place, network);
  const way = await openCountedPort(destination);
  try {
    const result = await withKeyFiles(ssh, (files) => {
      const env = {
        GIT_SSH_COMMAND: sshCommand(files, way.port),
        GIT_SSH_VARIANT: "ssh",
      };
      return hostGit({ ...call, args: args(gitAddress(place)), env, protocol: "ssh" });
    });
    return succeeded(result) ? result : explained(result, place.host, way.problem());
  } finally {
    network.moved?.(await way.close());
  }
}

const OTHER_KEY = /^Host key verification failed/m;
const NOT_TAKEN = /^\S+: Permission denied \([\w,-]+\)\.?\s*$/m;
const NO_PROGRAM = /execvp ssh: No such file/;

/** git knows only that what it started came to nothing. */
function explained(result: GitResult, host: string, problem: string | null): GitResult {
  const { stderr } = result;
  if (OTHER_KEY.test(stderr)) throw new OtherHostKey(host);
  const saying = (sentence: string): GitResult => ({ ...result, stderr: `fatal: ${sentence}\n` });
  if (problem !== null) return saying(problem);
  if (NO_PROGRAM.test(stderr)) return saying("there is no ssh on the worker's host; install openssh-client");
  if (NOT_TAKEN.test(stderr))
    return saying(`${host} does not take the deploy key; put its public half on the host's list`);
  return result;
}
