// git on the host: our own mirrors and the network. Never on a repository or on objects an agent wrote
// (that is jailed-git.ts), and never through a shell.
import { spawn } from "node:child_process";
import { SECOND } from "#lib/clock.ts";
import { type GitCommand, gitArgv, gitEnvironment } from "./call.ts";
import { type GitResult, throwOnFailure } from "./result.ts";
import { type Transfer, transferAll } from "./streams.ts";

export interface HostGitCall extends GitCommand, Pick<Transfer, "input" | "onOutput"> {
  /** Wall clock until the process group is killed. */
  readonly seconds?: number;
  /** Most bytes of stdout; default 64 MiB. */
  readonly outputBytes?: number;
  /** Largest file the process may write (RLIMIT_FSIZE): the cap of a pack that is fetched. */
  readonly fileBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const MiB = 1024 * 1024;
const DEFAULT_SECONDS = 60;

function argvOf(call: HostGitCall): string[] {
  const argv = gitArgv(call);
  return call.fileBytes === undefined
    ? argv
    : ["prlimit", `--fsize=${call.fileBytes}`, "--core=0", "--", ...argv];
}

/** Runs git and tells how it ended; a non-zero exit is a result, not an exception. */
export async function hostGit(call: HostGitCall): Promise<GitResult> {
  const [program = "git", ...args] = argvOf(call);
  const env: Record<string, string> = {
    ...gitEnvironment(process.env.PATH ?? "/usr/bin:/bin", call.protocol),
    ...call.env,
  };
  const child = spawn(program, args, {
    cwd: "/",
    env: env as NodeJS.ProcessEnv,
    stdio: "pipe",
    detached: true,
  });
  let ended: GitResult["ended"] = "itself";
  const killAs = (reason: GitResult["ended"]) => {
    if (ended === "itself") ended = reason;
    killGroup(child.pid);
  };
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const timer = setTimeout(() => killAs("time"), (call.seconds ?? DEFAULT_SECONDS) * SECOND);
  const onAbort = () => killAs("cancelled");
  call.signal?.addEventListener("abort", onAbort, { once: true });
  if (call.signal?.aborted) onAbort();
  try {
    const outputBytes = call.outputBytes ?? 64 * MiB;
    const transfer = {
      input: call.input,
      onOutput: call.onOutput,
      outputBytes,
      onExcess: () => killAs("output"),
    };
    const [exit, { stdout, stderr }] = await Promise.all([exited, transferAll(child, transfer)]);
    return { ...exit, ended, stdout, stderr };
  } catch (error) {
    killGroup(child.pid);
    throw error;
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", onAbort);
  }
}

/** stdout of a git that must succeed. */
export async function hostGitOutput(call: HostGitCall): Promise<Buffer> {
  const result = await hostGit(call);
  throwOnFailure(result, call.args);
  return result.stdout;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ESRCH") throw error;
  }
}
