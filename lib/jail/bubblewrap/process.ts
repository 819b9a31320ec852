// One started sandbox from its launch to the proof that nothing of it is left.
import { once } from "node:events";
import type { Readable } from "node:stream";
import { SECOND, steadyClock } from "#lib/clock.ts";
import { unavailable } from "#lib/errors.ts";
import type { SandboxExit, SandboxProcess, StartOptions } from "../port.ts";
import type { Limits } from "../schema.ts";
import { receiveListener } from "./listener.ts";
import { limitOutput } from "./output.ts";
import type { Starter } from "./starter.ts";
import { identify, killFrom, killIdentified, type ProcessIdentity, signalDescendants } from "./tree.ts";

/** Longest time setTimeout knows; longer limits never fire. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** As a shell says it. bubblewrap has said more on stderr. */
const COMMAND_NOT_FOUND = 127;

interface Status {
  /** The sandbox's pid 1; null until bubblewrap said so. */
  init: ProcessIdentity | null;
  /** Set only if the sandbox was set up and its command ended. */
  exitCode: number | null;
}

/** Reads bubblewrap's JSON lines; resolves at their end. The command cannot write here. */
async function followStatus(stream: Readable, status: Status): Promise<void> {
  let text = "";
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
    if (status.init === null && pid !== undefined) status.init = identify(Number(pid));
    const code = /"exit-code":\s*(\d+)/.exec(text)?.[1];
    if (code !== undefined) status.exitCode = Number(code);
  }
}

/** Takes a starter that was just launched. */
export function followProcess(starter: Starter, limits: Limits, { signal }: StartOptions): SandboxProcess {
  const { child, pid, group, pipes } = starter;
  const startedAt = steadyClock.now();
  const status: Status = { init: null, exitCode: null };
  const stdout = limitOutput(pipes.stdout, limits.outputBytes);
  const stderr = limitOutput(pipes.stderr, limits.outputBytes);
  const result = limitOutput(pipes.result, limits.outputBytes);
  const { promise: failure, reject: failed } = Promise.withResolvers<never>();
  let ended: SandboxExit["ended"] = "itself";
  let killing: Promise<void> | null = null;
  let isOver = false;

  async function killTree(): Promise<void> {
    if (group !== null) await group.kill();
    else await killFrom(pid);
  }

  function end(reason: "time" | "cancelled"): void {
    if (isOver || killing !== null) return;
    ended = reason;
    killing = killTree();
    killing.catch(failed);
  }

  /** What outlived the command: bubblewrap's end takes its pid namespace down, in its own time. */
  async function clear(): Promise<void> {
    if (group !== null) await group.kill();
    else if (status.init !== null) await killIdentified(status.init);
  }

  /** Resolves when nothing of the tree is left. */
  async function untilGone(): Promise<SandboxExit> {
    await Promise.all([once(child, "exit"), followStatus(starter.status, status)]);
    isOver = true;
    const milliseconds = steadyClock.now() - startedAt;
    await killing;
    await clear();
    const memoryKills = (await group?.memoryKills()) ?? 0;
    await group?.remove();
    if (ended === "itself" && memoryKills > 0) ended = "memory";
    if (ended === "itself") return { code: status.exitCode, signal: null, ended, milliseconds };
    return { code: null, signal: "SIGKILL", ended, milliseconds };
  }

  const timer = setTimeout(() => end("time"), Math.min(limits.seconds * SECOND, LONGEST_TIMER));
  const cancel = () => end("cancelled");
  const gone = Promise.race([untilGone(), failure]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  });
  const exited = gone.then(async (exit) => {
    if (exit.ended !== "itself" || exit.code !== null) return exit;
    const complaint = (await stderr.head).trim();
    if (complaint.startsWith("bwrap: execvp ")) return { ...exit, code: COMMAND_NOT_FOUND };
    throw unavailable(`The sandbox could not be set up: ${complaint || "it said nothing"}`);
  });
  exited.catch(() => undefined); // whoever awaits it is told; nobody has to
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });

  async function freeze(frozen: boolean): Promise<void> {
    if (isOver) return;
    try {
      if (await group?.freeze(frozen)) return;
    } catch (error) {
      if (isOver) return; // the group went away with the process
      throw error;
    }
    await signalDescendants(pid, frozen ? "SIGSTOP" : "SIGCONT");
  }

  return {
    stdin: starter.stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    result: result.stream,
    dropped: () => ({ stdout: stdout.dropped(), stderr: stderr.dropped(), result: result.dropped() }),
    listener: child.channel ? receiveListener(child, exited) : null,
    exited,
    async kill() {
      end("cancelled");
      await gone;
    },
    pause: () => freeze(true),
    resume: () => freeze(false),
  };
}
