// git on anything an agent or a stranger's disk wrote: in a sandbox of its own, without network, under another
// uid, with one writable directory. Each call is one fresh sandbox.

import type { Sandbox } from "#lib/jail/port.ts";
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { type GitCommand, gitArgv, gitEnvironment } from "./call.ts";
import { type GitResult, throwOnFailure } from "./result.ts";
import { type Transfer, transferAll } from "./streams.ts";

export interface JailedGitCall extends GitCommand, Pick<Transfer, "input" | "onOutput"> {
  /** Host path → path inside. */
  readonly readOnly?: Readonly<Record<string, string>>;
  readonly writable?: { readonly host: string; readonly inside: string };
  /** Repository inside whose objects complete those of `gitDir`. */
  readonly alternate?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
}

export async function jailedGit(sandbox: Sandbox, call: JailedGitCall): Promise<GitResult> {
  const limits = { ...GIT_LIMITS, ...call.limits };
  const alternate: Record<string, string> =
    call.alternate === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: `${call.alternate}/objects` };
  const env = { ...gitEnvironment("/usr/local/bin:/usr/bin:/bin", call.protocol), ...alternate, ...call.env };
  const { readOnly, writable, signal } = call;
  const spec = { command: gitArgv(call), cwd: "/", env, readOnly, writable, limits };
  const child = await sandbox.start(spec, { signal });
  let tooMuch = false;
  try {
    const transfer = {
      input: call.input,
      onOutput: call.onOutput,
      // One byte less than the sandbox keeps: what it would drop is never taken for a whole answer.
      outputBytes: limits.outputBytes - 1,
      onExcess: () => {
        tooMuch = true;
        child.kill().catch(() => undefined); // the finally below waits for the same end and reports its failure
      },
    };
    const [exit, { stdout, stderr }] = await Promise.all([child.exited, transferAll(child, transfer)]);
    return { code: exit.code, signal: exit.signal, ended: tooMuch ? "output" : exit.ended, stdout, stderr };
  } finally {
    await child.kill();
  }
}

/** stdout of a jailed git that must succeed. */
export async function jailedGitOutput(sandbox: Sandbox, call: JailedGitCall): Promise<Buffer> {
  const result = await jailedGit(sandbox, call);
  throwOnFailure(result, call.args);
  return result.stdout;
}
